//! Credentials: the connector searches the same places as flytekit's, in the same order, and never shows
//! them.

use serde_json::{Value, json};

use crate::harness::{Client, TOKEN, Workspace, as_argument, execution, template, without_run};

/// The authorization of the last call to Databricks.
fn authorization(workspace: &Workspace) -> String {
    let asked = workspace.asked("/jobs/runs/");
    let last = asked.last().expect("a call");
    last["authorization"].as_str().expect("a token").to_owned()
}

/// Creates a job with flytekit's connector and with ours, and returns the metadata and the authorization of
/// each.
fn both(
    workspace: &Workspace,
    client: &Client,
    task: &str,
    namespace: &str,
) -> [(Value, String); 2] {
    ["flytekit_create", "create"].map(|call| {
        workspace.asked("");
        let arguments = json!({
            "template": as_argument(template(task), &[]),
            "execution": execution(namespace, task, 0),
        });
        let meta = client
            .call(call, arguments)
            .unwrap_or_else(|error| panic!("{call} {task}: {error:?}"));
        let meta = serde_json::from_str(meta.as_str().unwrap()).unwrap();
        (meta, authorization(workspace))
    })
}

#[test]
fn a_token_is_the_tasks_or_the_namespaces_or_the_connectors() {
    let workspace = Workspace::start();
    let (connector, client) = workspace.started(&[]);
    let secrets = json!({
        "team/databricks-token": {"token": "dapi-of-team"},
        "team/team-token": {"token": "dapi-of-task"},
        "team/team-oauth": {"token": "dapi-of-nobody"},
        "other/databricks-token": {"something": "else"},
    });
    workspace.tell(
        "sign-in",
        &json!({"secrets": secrets, "tokens": ["dapi-of-team", "dapi-of-task"]}),
    );
    for (task, namespace, token) in [
        ("token_secret", "team", "dapi-of-task"),
        ("token_secret", "nowhere", TOKEN),
        // The secret of a principal does not count as a secret with a token.
        ("principal_beside_token", "team", "dapi-of-team"),
        ("existing_cluster", "team", "dapi-of-team"),
        ("existing_cluster", "other", TOKEN),
        ("existing_cluster", "nowhere", TOKEN),
        ("existing_cluster", "", TOKEN),
    ] {
        let [theirs, ours] = both(&workspace, &client, task, namespace);
        assert_eq!(
            theirs.1,
            format!("Bearer {token}"),
            "{task} in `{namespace}`"
        );
        assert_eq!(ours.1, theirs.1, "{task} in `{namespace}`");
        assert_eq!(theirs.0["auth_token"], token);
        assert_eq!(ours.0["auth_token"], Value::Null);
        // The metadata has no token, so the connector has to find it again.
        client.get(&ours.0.to_string()).unwrap();
        assert_eq!(
            authorization(&workspace),
            theirs.1,
            "{task} in `{namespace}`"
        );
    }
    let log = connector.log();
    for secret in ["dapi-of-team", "dapi-of-task", TOKEN, "kubernetes-token"] {
        assert!(!log.contains(secret), "{log}");
    }
}

#[test]
fn a_token_that_is_renewed_is_read_again() {
    let workspace = Workspace::start();
    let (_connector, client) = workspace.started(&[]);
    let secret =
        |token| json!({"secrets": {"team/databricks-token": {"token": token}}, "tokens": [token]});
    workspace.tell("sign-in", &secret("dapi-one"));
    let meta = client
        .create("existing_cluster", &execution("team", "one", 0))
        .unwrap();
    workspace.tell("sign-in", &secret("dapi-two"));
    workspace.tell("sign-in", &json!({"revoke": ["dapi-one"]}));
    assert_eq!(client.get(&meta).unwrap()["phase"], "INITIALIZING");
    assert_eq!(authorization(&workspace), "Bearer dapi-two");
    workspace.tell("sign-in", &json!({"revoke": ["dapi-two"]}));
    let (_, words) = client.get(&meta).unwrap_err();
    assert!(words.contains("the credentials are refused"), "{words}");
    assert!(!words.contains("dapi-two"), "{words}");
    assert_eq!(
        workspace.asked("runs/get").len(),
        1,
        "a refused token is not sent twice"
    );
}

#[test]
fn no_token_is_said_with_all_places() {
    let workspace = Workspace::start();
    let (_connector, client) = workspace.started(&[("_FSEC_FLYTE_DATABRICKS_ACCESS_TOKEN", "")]);
    let (code, words) = client
        .create("token_secret", &execution("team", "one", 0))
        .unwrap_err();
    assert_eq!(code, "INVALID_ARGUMENT");
    for place in [
        "`team-token`",
        "(team)",
        "_FSEC_FLYTE_DATABRICKS_ACCESS_TOKEN",
        "flyte_databricks_access_token",
    ] {
        assert!(words.contains(place), "{words}");
    }
    let (_, words) = client
        .create("wrong_auth_type", &execution("", "one", 0))
        .unwrap_err();
    assert!(
        words.contains("Invalid Databricks auth type `magic`"),
        "{words}"
    );
}

/// flytekit's messages name this variable, but flytekit does not read it.
#[test]
fn the_plain_variable_and_the_file_are_read() {
    let workspace = Workspace::start();
    let none = ("_FSEC_FLYTE_DATABRICKS_ACCESS_TOKEN", "");
    let (_plain, client) = workspace.started(&[none, ("FLYTE_DATABRICKS_ACCESS_TOKEN", TOKEN)]);
    client
        .create("existing_cluster", &execution("", "one", 0))
        .unwrap();
    let folder = workspace.folder().join("secrets");
    std::fs::create_dir(&folder).unwrap();
    std::fs::write(
        folder.join("flyte_databricks_access_token"),
        format!("{TOKEN}\n"),
    )
    .unwrap();
    let (_file, client) = workspace.started(&[none]);
    client
        .create("existing_cluster", &execution("", "two", 0))
        .unwrap();
}

#[test]
fn service_principals_sign_in_as_flytekits() {
    let workspace = Workspace::start();
    let variables = [
        ("DATABRICKS_CLIENT_ID", "of-connector"),
        ("DATABRICKS_CLIENT_SECRET", "password-of-connector"),
    ];
    let (connector, client) = workspace.started(&variables);
    let sign_in = json!({
        "principals": {"of-connector": "password-of-connector", "of-team": "password-of-team"},
        "secrets": {"team/team-oauth": {"client_id": "of-team", "client_secret": "password-of-team"}},
    });
    workspace.tell("sign-in", &sign_in);
    for (task, namespace) in [
        ("m2m", ""),
        ("m2m", "team"),
        ("m2m_secret", "team"),
        ("m2m_secret", "nowhere"),
    ] {
        if (task, namespace) == ("m2m_secret", "nowhere") {
            let principals =
                json!({"principals": {"ignored-for-the-secret": "password-of-connector"}});
            workspace.tell("sign-in", &principals);
        }
        let [(theirs, _), (ours, authorization)] = both(&workspace, &client, task, namespace);
        assert!(
            authorization.starts_with("Bearer oauth-"),
            "{authorization}"
        );
        assert_eq!(
            without_run(ours),
            without_run(theirs),
            "{task} in `{namespace}`"
        );
    }
    // The connector fetches a token again only if Databricks refuses it.
    let meta = client.create("m2m", &execution("", "again", 0)).unwrap();
    assert_eq!(workspace.asked("oidc").len(), 0);
    workspace.tell("sign-in", &json!({"revoke": ["oauth-"]}));
    client.get(&meta).unwrap();
    assert_eq!(workspace.asked("oidc").len(), 1);
    let log = connector.log();
    assert!(
        !log.contains("password-of") && !log.contains("oauth-"),
        "{log}"
    );
}

#[test]
fn a_token_that_is_about_to_end_is_not_used() {
    let workspace = Workspace::start();
    let variables = [
        ("DATABRICKS_CLIENT_ID", "id"),
        ("DATABRICKS_CLIENT_SECRET", "password"),
    ];
    let (_connector, client) = workspace.started(&variables);
    workspace.tell(
        "sign-in",
        &json!({"principals": {"id": "password"}, "lifetime": 60}),
    );
    for run in ["one", "two"] {
        client.create("m2m", &execution("", run, 0)).unwrap();
        let asked = workspace.asked("oidc");
        assert_eq!(asked.len(), 1, "{run}");
        assert!(
            asked[0]["body"]
                .as_str()
                .unwrap()
                .contains("client_secret=password")
        );
    }
}

#[test]
fn a_refused_principal_does_not_tell_its_password() {
    let workspace = Workspace::start();
    let variables = [
        ("DATABRICKS_CLIENT_ID", "id"),
        ("DATABRICKS_CLIENT_SECRET", "wrong-password"),
    ];
    let (connector, client) = workspace.started(&variables);
    workspace.tell("sign-in", &json!({"principals": {"id": "password"}}));
    let (code, words) = client.create("m2m", &execution("", "one", 0)).unwrap_err();
    assert_eq!(code, "INVALID_ARGUMENT");
    assert!(
        words.contains("401") && words.contains("not [secret]"),
        "{words}"
    );
    assert!(!connector.log().contains("wrong-password"));
    // A refusal of an overloaded server is in the log, too.
    let body = "no room for grant_type=client_credentials&client_secret=wrong%2Dpassword, {\"client_secret\": \"wrong-password\"}";
    workspace.fault(&json!({"path": "oidc", "status": 503, "times": 2, "body": body}));
    client.create("m2m", &execution("", "two", 0)).unwrap_err();
    connector.daemon_says("no room for");
    let log = connector.log();
    assert!(
        !log.contains("wrong-password") && !log.contains("wrong%2Dpassword"),
        "{log}"
    );
}

#[test]
fn identities_are_exchanged_as_flytekits() {
    let workspace = Workspace::start();
    let identity = workspace.folder().join("identity");
    std::fs::write(&identity, "jwt of the connector\n").unwrap();
    let variables = [
        ("DATABRICKS_CLIENT_ID", "of-connector"),
        (
            "FLYTE_DATABRICKS_OIDC_TOKEN_FILE",
            identity.to_str().unwrap(),
        ),
    ];
    let (_connector, client) = workspace.started(&variables);
    let annotations = json!({"flyte.org/databricks-client-id": "of-team"});
    let sign_in = json!({
        "principals": {
            "of-connector": "jwt of the connector",
            "of-file": "jwt of the connector",
            "of-team": "jwt of team/runner for databricks",
        },
        "accounts": {"team/runner": annotations, "team/other": {}},
    });
    workspace.tell("sign-in", &sign_in);
    for (task, namespace) in [
        ("oidc", ""),
        ("oidc", "nowhere"),
        ("oidc_audience", ""),
        ("oidc", "team"),
    ] {
        let [(theirs, _), (ours, _)] = both(&workspace, &client, task, namespace);
        assert_eq!(
            without_run(ours.clone()),
            without_run(theirs.clone()),
            "{task} in `{namespace}`"
        );
        for meta in [theirs, ours] {
            assert_eq!(
                client.get(&meta.to_string()).unwrap()["phase"],
                "INITIALIZING"
            );
        }
    }
    let accounts = json!({"accounts": {"two/one": annotations, "two/two": annotations}});
    workspace.tell("sign-in", &accounts);
    let (_, words) = client
        .create("oidc", &execution("two", "one", 0))
        .unwrap_err();
    assert!(
        words.contains("`two`: one, two. Configure exactly one."),
        "{words}"
    );
}

/// The account that Kubernetes gives each pod: its API server, and a token and an authority in files.
#[test]
fn a_pod_signs_in_by_its_service_account() {
    let workspace = Workspace::start();
    let account = workspace.folder().join("serviceaccount");
    std::fs::create_dir(&account).unwrap();
    let authority =
        |file: &str| std::fs::copy(workspace.folder().join(file), account.join("ca.crt"));
    authority("ca.pem").unwrap();
    std::fs::write(account.join("token"), "kubernetes-token\n").unwrap();
    let (_, port) = workspace.host.rsplit_once(':').unwrap();
    let variables = [
        ("KUBERNETES_SERVICE_HOST", "127.0.0.1"),
        ("KUBERNETES_SERVICE_PORT", port),
        ("FLYTEKIT_KUBERNETES_ACCOUNT", account.to_str().unwrap()),
        ("KUBECONFIG", ""),
    ];
    let secrets = ["one", "two", "three"].map(|team| {
        let token = json!({"token": format!("dapi-of-{team}")});
        (format!("{team}/databricks-token"), token)
    });
    let tokens = ["dapi-of-one", "dapi-of-three"];
    let secrets: serde_json::Map<_, _> = secrets.into_iter().collect();
    workspace.tell("sign-in", &json!({"secrets": secrets, "tokens": tokens}));
    let (connector, client) = workspace.started(&variables);
    let token = |client: &Client, namespace: &str| {
        client
            .create("existing_cluster", &execution(namespace, namespace, 0))
            .unwrap();
        authorization(&workspace)
    };
    assert_eq!(token(&client, "one"), "Bearer dapi-of-one");
    // Kubernetes renews the token in its file. Without the right to read secrets, the connector uses its own
    // token.
    std::fs::write(account.join("token"), "renewed").unwrap();
    assert_eq!(token(&client, "two"), format!("Bearer {TOKEN}"));
    connector.daemon_says("Kubernetes denies the connector access");
    std::fs::write(account.join("token"), "kubernetes-token").unwrap();
    assert_eq!(token(&client, "three"), "Bearer dapi-of-three");
    assert!(!connector.log().contains("kubernetes-token"));
    // A server that is not the API server gets no token.
    let other = Workspace::start();
    std::fs::copy(other.folder().join("ca.pem"), account.join("ca.crt")).unwrap();
    let (_connector, client) = workspace.started(&variables);
    let arguments = json!({
        "template": as_argument(template("existing_cluster"), &[]),
        "execution": execution("one", "again", 0),
        "timeout": 3,
    });
    let (code, words) = client.call("create", arguments).unwrap_err();
    assert_eq!(code, "UNAVAILABLE", "{words}");
    assert!(
        words.contains("Kubernetes does not tell secret one/databricks-token"),
        "{words}"
    );
}

/// The author of a task must not be able to send the connector's token to another host.
#[test]
fn tokens_go_to_workspaces_that_are_allowed() {
    let workspace = Workspace::start();
    let (_connector, client) =
        workspace.started(&[("FLYTEKIT_DATABRICKS_INSTANCES", "*.databricks.com")]);
    let (code, words) = client
        .create("existing_cluster", &execution("", "one", 0))
        .unwrap_err();
    assert_eq!(code, "INVALID_ARGUMENT");
    assert!(
        words.contains("does not sign in to") && words.contains("*.databricks.com"),
        "{words}"
    );
    assert!(workspace.asked("").is_empty());
}
