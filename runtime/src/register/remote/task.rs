//! Tasks as Flyte knows them.

use flytekit_proto::flyteidl::admin::{
    self, NamedEntityIdentifier, NamedEntityIdentifierListRequest,
};
use flytekit_proto::flyteidl::core::{self, Identifier, ResourceType};
use prost::Message;

use crate::declare::{LiteralType, Variable};
use crate::register::admin::{Admin, AdminError};
use crate::register::registered;

/// A registered task.
#[derive(Clone, Debug)]
pub(crate) struct RemoteTask {
    /// Its name, with its version and where it is registered.
    pub(crate) id: Identifier,
    /// What it does, in a line.
    pub(crate) summary: String,
    /// The inputs that can be written here.
    pub(crate) inputs: Vec<Variable>,
    /// The names of the others: nothing here has values of their types.
    pub(crate) foreign: Vec<String>,
}

/// Why there is no such task.
#[derive(Debug)]
pub(crate) enum FindError {
    /// Flyte was not asked, or did not answer.
    Admin(AdminError),
    /// It has other versions, of which this is the newest.
    NoVersion(String),
    /// There are others in this project and domain.
    NoTask(Vec<String>),
}

impl From<AdminError> for FindError {
    fn from(error: AdminError) -> Self {
        FindError::Admin(error)
    }
}

/// As many names as are looked through for one that was meant.
const NAMES: u32 = 1000;

/// Asks for a task: the given version of it, or the newest.
pub(crate) async fn find(
    admin: &Admin,
    project: &str,
    domain: &str,
    name: &str,
    version: Option<&str>,
) -> Result<RemoteTask, FindError> {
    let scope = NamedEntityIdentifier {
        project: project.to_owned(),
        domain: domain.to_owned(),
        name: name.to_owned(),
        ..Default::default()
    };
    let version = match version {
        Some(version) => version.to_owned(),
        None => match newest(admin, &scope).await? {
            Some(version) => version,
            None => return Err(no_task(admin, &scope).await?),
        },
    };
    let id = Identifier {
        resource_type: ResourceType::Task.into(),
        project: scope.project.clone(),
        domain: scope.domain.clone(),
        name: scope.name.clone(),
        version,
        ..Default::default()
    };
    let version = id.version.clone();
    match registered::get(admin, id.clone(), &version).await? {
        Some(task) => Ok(RemoteTask::new(id, task)),
        None => Err(match newest(admin, &scope).await? {
            Some(newest) => FindError::NoVersion(newest),
            None => no_task(admin, &scope).await?,
        }),
    }
}

/// The version that was registered last.
async fn newest(admin: &Admin, of: &NamedEntityIdentifier) -> Result<Option<String>, AdminError> {
    let found = registered::newest(admin, of.clone()).await?;
    Ok(found.and_then(|task| Some(task.id?.version)))
}

async fn no_task(admin: &Admin, scope: &NamedEntityIdentifier) -> Result<FindError, AdminError> {
    let request = NamedEntityIdentifierListRequest {
        project: scope.project.clone(),
        domain: scope.domain.clone(),
        limit: NAMES,
        ..Default::default()
    };
    let names = admin.list_task_ids(request).await?.entities.into_iter();
    Ok(FindError::NoTask(names.map(|it| it.name).collect()))
}

impl RemoteTask {
    fn new(id: Identifier, task: admin::Task) -> Self {
        let template = task
            .closure
            .and_then(|closure| closure.compiled_task?.template);
        let interface = template.and_then(|template| template.interface?.inputs);
        let mut found = RemoteTask {
            id,
            summary: task.short_description,
            inputs: Vec::new(),
            foreign: Vec::new(),
        };
        for (name, variable) in interface.unwrap_or_default().variables {
            match known(&name, &variable) {
                Some(variable) => found.inputs.push(variable),
                None => found.foreign.push(name),
            }
        }
        found
    }
}

/// An input whose type has values here. Its text lives as long as the process, as the parts of its
/// type do.
fn known(name: &str, variable: &core::Variable) -> Option<Variable> {
    let literal_type = variable.r#type.as_ref()?.encode_to_vec();
    let literal_type = LiteralType::decode(&literal_type).ok()??;
    // What nobody described is described by its name.
    let description = Some(&variable.description).filter(|text| *text != name);
    Some(Variable {
        name: name.to_owned().leak(),
        literal_type,
        description: description.map_or("", |text| text.clone().leak()),
        default: None,
    })
}
