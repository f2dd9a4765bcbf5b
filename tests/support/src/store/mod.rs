//! Object stores for tests: a server with S3's protocol, and a faulty proxy between it and its clients.

mod files;
mod proxy;
mod server;

pub use files::FileServer;
pub use proxy::{Answer, Proxy};
pub use server::ObjectStore;
