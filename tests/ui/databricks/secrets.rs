use flytekit::task;

#[task(databricks(
    new_cluster(
        spark_version = "17.3.x-scala2.13",
        spark_env_vars("API_TOKEN" = "secret", "OTHER" = "dapi0123456789abcdef0123456789abcdef"),
        docker_image(url = "a", basic_auth(username = "u", password = "secret")),
    ),
    instance = "https://my.cloud.databricks.com",
    credentials(auth_type = pat, token_secret = "dapi0123456789abcdef0123456789abcdef", oauth_secret = "a"),
))]
fn in_clear_text() {}

fn main() {}
