//! The test server is driven by flytekit's own clients, and refuses what Flyte refuses.

use flytekit_test_support::flyte::FlyteServer;

#[test]
fn it_comes_up_and_was_asked_nothing() {
    let server = FlyteServer::start(&[]);
    assert!(server.endpoint().starts_with("127.0.0.1:"));
    assert!(server.requests().is_empty());
}
