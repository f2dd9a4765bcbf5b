//! A Spark application against its grammar, and its arguments against the task's inputs.

use flytekit_grammar as grammar;

use crate::engines::generic_spark::model::{Application, GenericSpark};
use crate::engines::generic_spark::read::Argument;
use crate::syntax::error::unknown;
use crate::syntax::function::Function;
use crate::task::check::{Check, sentence};

impl Check<'_> {
    pub(crate) fn generic_spark(&mut self, spark: &GenericSpark, function: &Function) {
        match &spark.application {
            Some(Application::Class {
                main_class, jar, ..
            }) => {
                self.text(main_class, grammar::java_class);
                self.text(jar, grammar::jar);
            }
            Some(Application::Python(file)) => self.text(file, grammar::python_file),
            Some(Application::R(file)) => self.text(file, grammar::r_file),
            None => {}
        }
        self.spark_conf(&spark.conf, &spark.hadoop_conf);
        self.arguments(&spark.args, function);
    }

    /// ```text
    /// args(rows) fn f(row: i64);   unknown input `rows`, expected one of `row`; did you mean `row`?
    /// args() fn f(rows: i64);      the application does not get the input `rows`: …
    /// ```
    fn arguments(&mut self, args: &[Argument], function: &Function) {
        let inputs: Vec<&str> = function
            .inputs
            .iter()
            .map(|input| input.name.as_str())
            .collect();
        let mut misnamed = false;
        for argument in args {
            match argument {
                Argument::Text(text) => {
                    if let Err(problem) = grammar::application_argument(&text.value()) {
                        self.refuse(text.span(), sentence(&text.value(), problem));
                    }
                }
                Argument::Input { name, .. } if inputs.contains(&name.as_str()) => {}
                Argument::Input { name, span } => {
                    misnamed = true;
                    if inputs.is_empty() {
                        self.refuse(
                            *span,
                            format!("this task has no inputs: write `\"{name}\"` for text, or add a parameter `{name}`"),
                        );
                    } else {
                        self.sink.push(unknown("input", name, *span, &inputs));
                    }
                }
            }
        }
        if misnamed {
            // The one that is misspelt is the one that is not used.
            return;
        }
        for input in &function.inputs {
            let name = &input.name;
            let is_used = args.iter().any(
                |argument| matches!(argument, Argument::Input { name: used, .. } if used == name),
            );
            if !is_used {
                let reason = format!(
                    "the application does not get the input `{name}`: name it in `args(\"--{name}\", {name})`"
                );
                self.refuse(input.variable.span(), reason);
            }
        }
    }
}
