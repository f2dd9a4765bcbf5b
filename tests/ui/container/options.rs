use flytekit::task;

#[task(container(command("true")))]
fn no_image();

#[task(container(image = "App", command("true")))]
fn image();

#[task(container(image = "a", command("true")), container_image = "b")]
fn two_images();

#[task(container(image = "a", command("true")), pod_template(image = "b"))]
fn image_of_the_pod();

#[task(container(image = "a", commands("true")))]
fn unknown();

#[task(container(image = "a", command = "true"))]
fn text();

#[task(container(image = "a", command("sleep", 3)))]
fn number();

#[task(container(image = "a", command("true"), metadata_format = json))]
fn small_letters();

#[task(container(image = "a", command("true"), io_strategy(download = LATER)))]
fn mode();

fn main() {}
