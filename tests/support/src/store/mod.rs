//! Object stores for tests: a server that speaks like S3, and what may stand between it and its
//! clients.

mod files;
mod proxy;
mod server;

pub use files::FileServer;
pub use proxy::{Answer, Proxy};
pub use server::ObjectStore;
