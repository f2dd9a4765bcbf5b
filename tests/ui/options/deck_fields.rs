use flytekit::task;

#[task(enable_deck, deck_fields(inputs, "Output"))]
fn misspelt() {}

#[task(deck_fields(input))]
fn without_a_deck() {}

fn main() {}
