use flytekit::task;
use flytekit::declare::{PodTemplate, Secret};

const PASSWORD: Secret = Secret::new("db", "password").env_var("DB PASSWORD");
const POD: PodTemplate = PodTemplate::new().labels(&[("team", "two words")]);

#[task(secrets(PASSWORD))]
fn secret() {}

#[task(pod_template = POD)]
fn pod() {}

fn main() {}
