use flytekit::task;

#[task(container(image = "a", command("wc", "--rows={{.inputs.row}}")))]
fn misspelt_in_text(rows: i64);

#[task(container(image = "a", args(row)))]
fn misspelt(rows: i64);

#[task(container(image = "a", command("wc", "{{.inputs.rows}}")))]
fn no_inputs();

#[task(container(image = "a", command("wc", "{{.outputPrefx}}")))]
fn variable();

fn main() {}
