//! Tests of the clusters that other tests use: their workers work, die and come back.

#![cfg(unix)]

use std::time::Duration;

use flytekit_tests::dask::{DaskCluster, Distributed};
use flytekit_tests::{eventually, run, signal};

/// Enough for everything that a worker does when it is killed.
const GONE: Duration = Duration::from_secs(120);

/// The number of workers that the scheduler reports to a client.
fn counted(cluster: &DaskCluster) -> String {
    let ask = "import sys, distributed
with distributed.Client(sys.argv[1], timeout=30) as client:
    print(client.submit(sum, [2, 3]).result(), len(client.scheduler_info(n_workers=-1)['workers']))";
    let mut command = cluster.distributed.python();
    let told = run(command.args(["-c", ask, &cluster.address]));
    assert!(told.success(), "{told}\n{}", cluster.log());
    told.text()
}

fn works(distributed: &Distributed, version: &str) {
    assert!(distributed.version.starts_with(version), "{distributed:?}");
    let cluster = DaskCluster::start(distributed);
    let [first, second] = cluster.workers(["first", "second"], 1);
    assert_eq!(counted(&cluster).trim(), "5 2");

    first.kill();
    let before = second.address();
    second.crash();
    eventually("the nanny starts another one", GONE, || {
        second.address() != before && second.log().matches("Registered to:").count() == 2
    });
    assert_eq!(counted(&cluster).trim(), "5 1");

    let [_third] = cluster.workers(["third"], 2);
    assert_eq!(counted(&cluster).trim(), "5 2");
    signal("STOP", cluster.scheduler());
}

#[test]
fn the_newest_dask_works() {
    works(&Distributed::newest(), "2026.");
}

#[test]
fn the_oldest_dask_works() {
    works(&Distributed::oldest(), "2025.7.");
}
