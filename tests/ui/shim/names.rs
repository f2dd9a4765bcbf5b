use flytekit::prelude::*;
use flytekit::shim::{NamedExecutor, ShimTaskExecutor, TaskTemplate, TemplateInputs, TemplateOutputs};
use flytekit::task;

struct Repeat;

impl ShimTaskExecutor for Repeat {
    fn execute_from_template(
        &self,
        _: &TaskTemplate,
        _: &TemplateInputs<'_>,
    ) -> Result<TemplateOutputs> {
        TemplateOutputs::of(&1)
    }
}

// A module and a name, as flytekit's.
flytekit::shim::executor!(Repeat, "Repeat");

struct ByHand;

impl ShimTaskExecutor for ByHand {
    fn execute_from_template(
        &self,
        _: &TaskTemplate,
        _: &TemplateInputs<'_>,
    ) -> Result<TemplateOutputs> {
        TemplateOutputs::of(&1)
    }
}

impl NamedExecutor for ByHand {
    const NAME: &'static str = "by hand";
}

#[task(shim(executor = ByHand, image = "tools:1"))]
fn by_hand() -> Result<i64>;

fn main() {}
