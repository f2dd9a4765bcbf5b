use flytekit::task;

#[task(pod_template(
    node_selecter("disk" = "ssd"),
    service_account = "Reader",
    image = "App",
    env = ENV,
    tolerations(
        toleration(key = "spot"),
        toleration(key = "spot", operator = "exists"),
        toleration(key = "spot", value = "yes", effect = "NoRun"),
    ),
    volumes(
        volume(name = "a", mount_path = "/a"),
        volume(name = "b", mount_path = "b", config_map = "b"),
        volume(name = "c", mount_path = "/c", empty_dir(size_limit = "1Gb")),
    ),
))]
fn malformed() {}

#[task(
    container_image = "app:1",
    requests(cpu = 1),
    pod_template(image = "app:2", requests(cpu = 2)),
)]
fn twice() {}

#[task(pod_template(
    node_selector("disk" = "ssd"),
    image = "app:1",
    spec = {
        "nodeSelector": { "disk": "hdd" },
        "containers": [{ "name": "primary", "image": "app:2" }],
    },
))]
fn conflict() {}

#[task(pod_template(service_account = "reader", spec = SPEC))]
fn constant() {}

fn main() {}
