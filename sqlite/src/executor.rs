//! The executor of tasks that Python has registered.

use flytekit::arrow_schema::{DataType, Schema};
use flytekit::declare::{DatasetColumn, LiteralType, SimpleType};
use flytekit::shim::{ShimTaskExecutor, TaskTemplate, TemplateInputs, TemplateOutputs};
use flytekit::{Error, Result};

use crate::SqliteQuery;

/// Runs queries by the templates of flytekit's `SQLite3Task`, under the name in these templates:
/// `flytekit.extras.sqlite3.task.SQLite3TaskExecutor`.
///
/// A program that names this crate (`use flytekit_sqlite as _;`) runs such tasks, whether Python or Rust has
/// registered them. Unlike flytekit's executor, it checks the columns that the output declares: the query
/// must return them, and must not return text where numbers are declared.
#[derive(Debug)]
pub struct SqliteExecutor;

flytekit::shim::executor!(
    SqliteExecutor,
    "flytekit.extras.sqlite3.task.SQLite3TaskExecutor"
);

impl ShimTaskExecutor for SqliteExecutor {
    fn execute_from_template(
        &self,
        template: &TaskTemplate,
        inputs: &TemplateInputs<'_>,
    ) -> Result<TemplateOutputs> {
        let inputs: Vec<_> = inputs.iter().collect();
        let columns = declared_columns(template)?;
        let result = query(template)?.checked_run(&inputs, &|schema| check(columns, schema))?;
        TemplateOutputs::of(&result)
    }
}

/// The query in the template.
fn query(template: &TaskTemplate) -> Result<SqliteQuery> {
    let custom = template.custom();
    let text = |name: &str| {
        let value = custom.get(name).and_then(|value| value.as_str());
        value.ok_or_else(|| {
            let found = custom.get(name).map_or_else(|| "nothing".to_owned(), ToString::to_string);
            Error::user(format!(
                "the template's configuration (`custom`) must have a text `{name}`, but has {found} there"
            ))
        })
    };
    let query = SqliteQuery::new(text("uri")?, text("query_template")?);
    match custom
        .get("compressed")
        .map(flytekit::serde_json::Value::as_bool)
    {
        None | Some(Some(false)) => Ok(query),
        Some(Some(true)) => Ok(query.compressed()),
        Some(None) => Err(Error::user(
            "`compressed` of the template's configuration (`custom`) must be a boolean",
        )),
    }
}

fn declared_columns(template: &TaskTemplate) -> Result<&'static [DatasetColumn<'static>]> {
    match template.outputs() {
        [output] => match output.literal_type {
            LiteralType::StructuredDataset(dataset) => Ok(dataset.columns),
            _ => Err(Error::user(format!(
                "the output `{}` of a query is a table, but the template declares another type",
                output.name
            ))),
        },
        outputs => Err(Error::user(format!(
            "a query has one output, a table, but the template declares {}",
            outputs.len()
        ))),
    }
}

/// Refuses a result without the declared columns.
fn check(declared: &[DatasetColumn<'_>], schema: &Schema) -> Result<()> {
    for column in declared {
        let Ok(field) = schema.field_with_name(column.name) else {
            let names: Vec<_> = schema
                .fields()
                .iter()
                .map(|it| it.name().as_str())
                .collect();
            return Err(Error::user(format!(
                "the query returns no column `{}`, which the task's output declares; it returns: {}",
                column.name,
                names.join(", ")
            )));
        };
        if is_other_kind(&column.literal_type, field.data_type()) {
            return Err(Error::user(format!(
                "the column `{}` is {} in the query's result, but the task's output declares another type; write \
                 `cast(… as …) as \"{}\"` in the query",
                column.name,
                field.data_type(),
                column.name
            )));
        }
    }
    Ok(())
}

/// Whether the query returns a number where text is declared, or text where a number is declared.
fn is_other_kind(declared: &LiteralType, found: &DataType) -> bool {
    let is_number = matches!(found, DataType::Int64 | DataType::Float64);
    let is_text = matches!(found, DataType::Utf8 | DataType::Binary);
    match declared {
        LiteralType::Simple(
            SimpleType::Integer | SimpleType::Float | SimpleType::Boolean | SimpleType::Duration,
        ) => is_text,
        LiteralType::Simple(SimpleType::String) => is_number,
        _ => false,
    }
}
