use flytekit::task;

#[task(secrets(secret(group = "db", key = "password", mount = files)))]
fn unknown_mount() {}

#[task(secrets(secret(group = "db", key = "password", mount = "file")))]
fn mount_in_quotes() {}

#[task(secrets(secret(group = "db", key = "password", mount)))]
fn mount_alone() {}

#[task(secrets(secret(group = "db", key = "password", env_var = "DB PASSWORD")))]
fn variable() {}

#[task(secrets(group = "db", key = "password"))]
fn no_secret() {}

#[task(secrets("db", secrte(group = "db", key = "password")))]
fn something_else() {}

fn main() {}
