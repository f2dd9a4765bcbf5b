//! Pods: mistakes in their options, and warnings.

use insta::assert_snapshot;

use super::mistakes::option;
use super::{expansion, fields};

#[test]
fn typed() {
    assert_snapshot!(fields(
        r#"pod_template(
            primary_container = MAIN, node_selector("disk" = "ssd"),
            tolerations(toleration(key = "spot", operator = "Exists", seconds = 60)),
            service_account = ACCOUNT, image = "app:1", env("A" = A), requests(cpu = 1),
            volumes(volume(name = "tmp", mount_path = "/tmp", read_only, empty_dir(size_limit = SIZE))),
        )"#
    ));
}

#[test]
fn merged() {
    assert_snapshot!(fields(
        r#"pod_template(
            node_selector = SELECTOR, tolerations(toleration(operator = "Exists")), env("A" = "1"),
            spec = {
                "containers": [{ "name": "a" }, { "name": "primary", "env": [{ "name": "B" }] }],
                "tolerations": [], "hostNetwork": true,
            },
        )"#
    ));
}

#[test]
fn yaml() {
    assert_snapshot!(fields(
        r#"pod_template(spec = yaml("
            # a comment
            a: text
            b: [1, -2, +3, .5, 1e3, true, null, ~, 'yes', \"07\", 0, 0.5]
            c:
              - d: |
                  two
                  lines
              - {}
            e: -x
            f: 10.0.0.1
            g: 12:30
        "))"#
    ));
}

#[test]
fn of_spark() {
    assert_snapshot!(expansion(
        r#"#[cfg(unix)] #[task(
            spark(driver_pod(primary_container = "proxy"), executor_pod = POD),
            pod_template(spec = { "containers": [{ "name": "proxy" }] }),
        )] fn f() {}"#
    ));
}

/// Options with messages and tokens, the same in every kind of pod.
#[track_caller]
fn of_a_pod(refused: &[(&str, &str, &str)]) {
    for (written, message, token) in refused {
        option(&format!("pod_template({written})"), message, token);
        option(&format!("spark(driver_pod({written}))"), message, token);
    }
}

#[test]
fn options_of_a_pod() {
    of_a_pod(&[
        (
            "node_selector(\"a b\" = \"c\")",
            "`a b` is not a Kubernetes key",
            "\"a b\"",
        ),
        (
            "service_account = \"A\"",
            "`A` is not the name of a Kubernetes resource",
            "\"A\"",
        ),
        (
            "priority_class = \"\"",
            "this is not the name of a Kubernetes resource",
            "\"\"",
        ),
        ("image = \"App\"", "`App` ", "\"App\""),
        (
            "env(\"A B\" = \"c\")",
            "`A B` is not the name of an environment variable",
            "\"A B\"",
        ),
        ("env = ENV", "the `env` of a pod takes pairs", "ENV"),
        ("requests(cpu = \"1x\")", "`1x` ", "\"1x\""),
        (
            "requests = SMALL",
            "`requests` is written `requests(…)`",
            "requests",
        ),
        (
            "requests(cpu = 2), limits(cpu = 1)",
            "the limit `1` is below the request `2`",
            "1",
        ),
    ]);
}

#[test]
fn tolerations_and_volumes_of_a_pod() {
    of_a_pod(&[
        (
            "tolerations = SPOT",
            "`tolerations` is written `tolerations(toleration(…))`",
            "SPOT",
        ),
        (
            "tolerations(tolerate(key = \"a\"))",
            "expected `toleration(…)`",
            "tolerate",
        ),
        (
            "tolerations(toleration(key = \"a\"))",
            "a toleration needs a `value`, or `operator",
            "toleration",
        ),
        (
            "tolerations(toleration(value = \"a\"))",
            "a toleration without a `key` has `operator",
            "toleration",
        ),
        (
            "tolerations(toleration(key = \"a\", operator = \"exists\"))",
            "`exists` is not a known operator: expected one of `Equal`, `Exists`",
            "\"exists\"",
        ),
        (
            "tolerations(toleration(key = \"a\", operator = \"Exists\", value = \"b\"))",
            "`Exists` takes no value",
            "\"b\"",
        ),
        (
            "tolerations(toleration(key = \"a\", value = \"b\", effect = \"NoRun\"))",
            "`NoRun` is not a known effect: expected one of `NoExecute`, `NoSchedule`",
            "\"NoRun\"",
        ),
        (
            "volumes(volume(name = \"a\"))",
            "a volume needs a name and a place",
            "volume",
        ),
        (
            "volumes(volume(name = \"a\", mount_path = \"/a\"))",
            "a volume has one source",
            "volume",
        ),
        (
            "volumes(volume(name = \"a\", mount_path = \"/a\", secret = \"a\", config_map = \"b\"))",
            "a volume has one source",
            "volume",
        ),
        (
            "volumes(volume(name = \"A\", mount_path = \"/a\", secret = \"a\"))",
            "`A` is not the name of a container",
            "\"A\"",
        ),
        (
            "volumes(volume(name = \"a\", mount_path = \"a\", secret = \"a\"))",
            "`a` is not a place to mount a volume at",
            "\"a\"",
        ),
        (
            "volumes(volume(name = \"a\", mount_path = \"/a\", secret = \"a\"), volume(name = \"b\", mount_path = \"/a\", empty_dir))",
            "`/a` is given twice",
            "\"/a\"",
        ),
        (
            "volumes(volume(name = \"a\", mount_path = \"/a\", empty_dir(medium = \"Disk\")))",
            "`Disk` is not a known medium: expected one of",
            "\"Disk\"",
        ),
        (
            "volumes(volume(name = \"a\", mount_path = \"/a\", empty_dir(size_limit = \"1Gb\")))",
            "`1Gb` has an unknown suffix",
            "\"1Gb\"",
        ),
    ]);
}

#[test]
fn what_is_said_twice() {
    option(
        "container_image = \"app:1\", pod_template(image = \"app:2\")",
        "the `image` of the pod replaces the task's `container_image`",
        "\"app:2\"",
    );
    option(
        "requests(cpu = 1), pod_template(limits(cpu = 2))",
        "the task's `requests` and `limits` replace those of the pod",
        "2",
    );
    let conflict = |options: &str, path: &str, token: &str| {
        let message = format!("`spec` sets `{path}` too: set it in one of them");
        option(&format!("pod_template({options})"), &message, token);
    };
    conflict(
        "service_account = \"a\", spec = { \"serviceAccountName\": \"b\" }",
        "serviceAccountName",
        "\"a\"",
    );
    conflict(
        "node_selector(\"disk\" = \"ssd\"), spec = { \"nodeSelector\": { \"disk\": \"hdd\" } }",
        "nodeSelector.disk",
        "\"disk\"",
    );
    conflict(
        "image = \"a\", spec = { \"containers\": [{ \"name\": \"primary\", \"image\": \"b\" }] }",
        "containers.primary.image",
        "\"a\"",
    );
    conflict(
        "env(\"A\" = \"1\"), spec = yaml(\"containers: [{name: primary, env: [{name: A}]}]\")",
        "containers.primary.env.A",
        "\"A\"",
    );
    conflict(
        "env(\"A\" = \"1\"), spec = { \"containers\": CONTAINERS }",
        "containers",
        "\"A\"",
    );
    option(
        "pod_template(image = \"a\", spec = SPEC)",
        "a constant `spec` cannot be merged with the other options of the pod",
        "SPEC",
    );
    option(
        "pod_template(primary_container = NAME, image = \"a\", spec = { \"containers\": [] })",
        "with a `spec` that has `containers`, this must be a literal",
        "NAME",
    );
}

#[test]
fn yaml_that_is_not_read() {
    let refused = [
        ("a: [", "line 2, column 1 of the YAML: "),
        ("\\n  a: 1\\n b: 2", "line 3, column "),
        (
            "a: 1\\na: 2",
            "line 2, column 1 of the YAML: `a` is given twice",
        ),
        (
            "a: yes",
            "line 1, column 4 of the YAML: `yes` is a truth value to Kubernetes",
        ),
        (
            "a: 0644",
            "line 1, column 4 of the YAML: `0644` is another number to Kubernetes",
        ),
        (
            "a: 0x1f",
            "line 1, column 4 of the YAML: `0x1f` is another number to Kubernetes",
        ),
        (
            "a: 1_000",
            "line 1, column 4 of the YAML: `1_000` is another number to Kubernetes",
        ),
        (
            "a: &x 1",
            "line 1, column 4 of the YAML: anchors and aliases are not supported",
        ),
        (
            "a: !!str 1",
            "line 1, column 4 of the YAML: tags are not supported",
        ),
        ("[a]: 1", "line 1, column 1 of the YAML: a key is text"),
        (
            "a: 1\\n---\\nb: 2",
            "line 3, column 1 of the YAML: a second document begins",
        ),
        ("a: 9007199254740993", "this number is too large"),
        ("- a", "`spec` takes a mapping"),
        ("", "line 1, column 1 of the YAML: a value is expected"),
    ];
    for (yaml, message) in refused {
        let literal = format!("\"{yaml}\"");
        option(
            &format!("pod_template(spec = yaml({literal}))"),
            message,
            &literal,
        );
    }
    option(
        "pod_template(spec = yaml(SPEC))",
        "`yaml` takes a string",
        "yaml(SPEC)",
    );
}

#[test]
fn containers_of_sparks_pods() {
    let message = "the task's pod has no container `x`, only `primary`, `proxy`";
    option(
        "spark(driver_pod(primary_container = \"x\")), pod_template(spec = { \"containers\": [{ \"name\": \"proxy\" }] })",
        message,
        "\"x\"",
    );
    option(
        "spark(driver_pod(primary_container = \"x\"), executor_pod())",
        "the task's pod has no container `primary`, only `x`",
        "executor_pod",
    );
}

#[track_caller]
fn warned(options: &str, message: &str) {
    let expanded = expansion(&format!("#[task({options})] fn f() {{}}"));
    assert!(expanded.contains("#[deprecated("), "{expanded}");
    assert!(expanded.contains(message), "{expanded}");
}

#[test]
fn warnings() {
    let unread = "the backend does not read the ";
    for (option, what) in [
        ("requests(cpu = 1)", "resources"),
        ("service_account = \"a\"", "service account"),
        (
            "volumes(volume(name = \"a\", mount_path = \"/a\", empty_dir))",
            "volumes",
        ),
    ] {
        let options = format!("spark(executor_pod({option}))");
        warned(&options, &format!("{unread}{what} of Spark's pods"));
    }
    warned(
        "spark(driver_pod(spec = { \"containers\": [{ \"name\": \"proxy\" }] }))",
        "the backend drops the container `proxy`",
    );
    warned(
        "spark(conf(\"spark.executor.memmory\" = \"4g\"))",
        "Spark 4.2 declares no setting `spark.executor.memmory`; did you mean `spark.executor.memory`?",
    );
    warned(
        "databricks(new_cluster(policy_id = \"p\", spark_conf(\"spark.executor.memmory\" = \"4g\")))",
        "Spark 4.2 declares no setting `spark.executor.memmory`; did you mean `spark.executor.memory`?",
    );
    let quiet = expansion(
        "#[task(spark(conf(\"spark.sql.catalog.lake\" = \"x\", \"spark.hadoop.fs.s3a.endpoint\" = \"y\")))] fn f() {}",
    );
    assert!(!quiet.contains("#[deprecated("), "{quiet}");
}

#[test]
fn amounts_that_nobody_means() {
    for (options, message) in [
        (
            "requests(mem = \"100m\")",
            "`100m` is less than a byte; did you mean `100Mi`?",
        ),
        (
            "limits(mem = 2048)",
            "`2048` is 2048 bytes; did you mean `2048Mi`?",
        ),
        (
            "requests(cpu = \"200Mi\")",
            "`200Mi` is 209715200 cores; did you mean `200m`?",
        ),
        (
            "resources(cpu = (\"1\", \"2000\"))",
            "`2000` is 2000 cores; did you mean `2000m`?",
        ),
        (
            "requests(ephemeral_storage = \"10k\")",
            "`10k` is 10000 bytes; did you mean `10Mi`?",
        ),
        (
            "requests(gpu = \"1Gi\")",
            "`1Gi` is 1073741824 devices; did you mean `1`?",
        ),
        (
            "shared_memory = \"64\"",
            "`64` is 64 bytes; did you mean `64Mi`?",
        ),
        (
            "pod_template(spec = { \"containers\": [{ \"name\": \"a\", \
             \"resources\": { \"limits\": { \"memory\": \"512m\" } } }] })",
            "`512m` is less than a byte; did you mean `512Mi`?",
        ),
        ("accelerator = \"t4\"", "`accelerator = T4`, without quotes"),
        (
            "spark(executor_path = \"/usr/bin/python3\")",
            "a Python cannot run a Rust task",
        ),
    ] {
        warned(options, message);
    }
    for options in [
        "requests(mem = \"0\"), limits(cpu = \"500m\", mem = \"1Mi\", gpu = 8)",
        "accelerator = \"nvidia-tesla-t4\"",
        "spark(executor_path = \"/opt/python-app\")",
    ] {
        let quiet = expansion(&format!("#[task({options})] fn f() {{}}"));
        assert!(!quiet.contains("#[deprecated("), "{quiet}");
    }
    option(
        "pod_template(spec = { \"containers\": [{ \"resources\": { \"limits\": { \"memory\": \"2Gb\" } } }] })",
        "`2Gb` has",
        "\"2Gb\"",
    );
}

#[test]
fn fields_that_no_pod_has() {
    let unknown = "Kubernetes 1.34 has no field";
    for (spec, message) in [
        (
            "{ \"hostNetwrk\": true }",
            "`hostNetwrk` of its `PodSpec`, and Flyte drops it; did you mean `hostNetwork`?",
        ),
        (
            "{ \"containers\": [{ \"name\": \"a\", \"volumeMount\": [] }] }",
            "`volumeMount` of its `Container`, and Flyte drops it; did you mean `volumeMounts`?",
        ),
        (
            "{ \"volumes\": [{ \"name\": \"a\", \"emptyDir\": { \"xyz\": 1 } }] }",
            "`xyz` of its `EmptyDirVolumeSource`, and Flyte drops it",
        ),
        (
            "yaml(\"affinity: {nodeAfinity: {}}\")",
            "`nodeAfinity` of its `Affinity`, and Flyte drops it; did you mean `nodeAffinity`?",
        ),
    ] {
        let options = format!("pod_template(spec = {spec})");
        warned(&options, &format!("{unknown} {message}"));
    }
    let free = "pod_template(node_selector(\"disk\" = \"ssd\"), spec = { \"nodeSelector\": { \"any\": \"x\" }, \
        \"volumes\": [{ \"name\": \"c\", \"csi\": { \"driver\": \"d\", \"volumeAttributes\": { \"k\": \"v\" } } }] })";
    let quiet = expansion(&format!("#[task({free})] fn f() {{}}"));
    assert!(!quiet.contains("#[deprecated("), "{quiet}");
}
