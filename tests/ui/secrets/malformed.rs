use flytekit::task;

#[task(secrets(secret(group = "db", key = "password", mount = files)))]
fn unknown_mount() {}

#[task(secrets(secret(group = "db", key = "password", mount = "file")))]
fn mount_in_quotes() {}

#[task(secrets(secret(group = "db", key = "password", mount)))]
fn mount_alone() {}

#[task(secrets(secret(group = "db", key = "password", env_var = "DB PASSWORD")))]
fn variable() {}

#[task(secrets(secret(grp = "db", key = 3)))]
fn options() {}

#[task(secrets("db"))]
fn text() {}

#[task(secrets(secrte(group = "db", key = "password")))]
fn misspelt() {}

fn main() {}
