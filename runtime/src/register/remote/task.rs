//! Registered tasks and launch plans.

use flytekit_proto::flyteidl::admin::{
    self, NamedEntityIdentifier, NamedEntityIdentifierListRequest,
};
use flytekit_proto::flyteidl::core::parameter::Behavior;
use flytekit_proto::flyteidl::core::{self, Identifier, LiteralMap, ResourceType};
use prost::Message;

use crate::declare::{LiteralType, Variable};
use crate::register::admin::{Admin, AdminError};
use crate::register::registered;

/// A registered task or launch plan.
#[derive(Clone, Debug)]
pub(crate) struct RemoteTask {
    /// The name, the version, and the project and domain.
    pub(crate) id: Identifier,
    /// A description in one line.
    pub(crate) summary: String,
    /// The inputs whose types are supported here.
    pub(crate) inputs: Vec<Variable>,
    /// The names of the other inputs, whose types are not supported here.
    pub(crate) foreign: Vec<String>,
    /// A launch plan's defaults for inputs that are not given.
    pub(crate) defaults: LiteralMap,
}

/// The reason why the task or launch plan was not found.
#[derive(Debug)]
pub(crate) enum FindError {
    /// Flyte was not asked, or did not answer.
    Admin(AdminError),
    /// Other versions exist; this is the newest.
    NoVersion(String),
    /// These other names exist in this project and domain.
    NoTask(Vec<String>),
}

impl From<AdminError> for FindError {
    fn from(error: AdminError) -> Self {
        FindError::Admin(error)
    }
}

/// The number of names that are searched for a similar one.
const NAMES: u32 = 1000;

/// Fetches a task or a launch plan in the given version, or in the newest. Every workflow has a launch plan
/// with its name.
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
    if let Some(task) = find_task(admin, &scope, version).await? {
        return Ok(task);
    }
    if let Some(plan) = find_launch_plan(admin, &scope, version).await? {
        return Ok(plan);
    }
    Err(no_task(admin, &scope).await?)
}

async fn find_task(
    admin: &Admin,
    scope: &NamedEntityIdentifier,
    version: Option<&str>,
) -> Result<Option<RemoteTask>, FindError> {
    let version = match version {
        Some(version) => version.to_owned(),
        None => match newest(admin, scope).await? {
            Some(version) => version,
            None => return Ok(None),
        },
    };
    let id = of_version(scope, ResourceType::Task, version);
    match registered::task(admin, id.clone()).await? {
        Some(task) => Ok(Some(RemoteTask::new(id, task))),
        None => match newest(admin, scope).await? {
            Some(newest) => Err(FindError::NoVersion(newest)),
            None => Ok(None),
        },
    }
}

async fn find_launch_plan(
    admin: &Admin,
    scope: &NamedEntityIdentifier,
    version: Option<&str>,
) -> Result<Option<RemoteTask>, FindError> {
    if let Some(version) = version {
        let id = of_version(scope, ResourceType::LaunchPlan, version.to_owned());
        if let Some(plan) = registered::launch_plan(admin, id).await? {
            return Ok(Some(RemoteTask::of_plan(plan)));
        }
    }
    let newest = registered::newest_launch_plan(admin, scope.clone()).await?;
    match (newest, version) {
        (Some(newest), Some(_)) => {
            let id = newest.id.unwrap_or_default();
            Err(FindError::NoVersion(id.version))
        }
        (newest, _) => Ok(newest.map(RemoteTask::of_plan)),
    }
}

fn of_version(
    scope: &NamedEntityIdentifier,
    resource_type: ResourceType,
    version: String,
) -> Identifier {
    Identifier {
        resource_type: resource_type.into(),
        project: scope.project.clone(),
        domain: scope.domain.clone(),
        name: scope.name.clone(),
        version,
        ..Default::default()
    }
}

/// The most recently registered version.
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
            defaults: LiteralMap::default(),
        };
        for (name, variable) in interface.unwrap_or_default().variables {
            found.add(name, &variable);
        }
        found
    }

    fn of_plan(plan: admin::LaunchPlan) -> Self {
        let workflow = plan.spec.and_then(|spec| spec.workflow_id);
        let mut found = RemoteTask {
            id: plan.id.unwrap_or_default(),
            summary: workflow.map_or_else(String::new, |id| {
                format!("A launch plan of the workflow {}", id.name)
            }),
            inputs: Vec::new(),
            foreign: Vec::new(),
            defaults: LiteralMap::default(),
        };
        let expected = plan.closure.and_then(|closure| closure.expected_inputs);
        for (name, parameter) in expected.unwrap_or_default().parameters {
            if let Some(Behavior::Default(default)) = parameter.behavior {
                found.defaults.literals.insert(name.clone(), default);
            }
            found.add(name, &parameter.var.unwrap_or_default());
        }
        found
    }

    fn add(&mut self, name: String, variable: &core::Variable) {
        match known(&name, variable) {
            Some(variable) => self.inputs.push(variable),
            None => self.foreign.push(name),
        }
    }
}

/// An input whose type is supported here. Its strings live as long as the process, like the parts of its
/// type.
fn known(name: &str, variable: &core::Variable) -> Option<Variable> {
    let literal_type = variable.r#type.as_ref()?.encode_to_vec();
    let literal_type = LiteralType::decode(&literal_type).ok()??;
    // An input without a description has its name as the description.
    let description = Some(&variable.description).filter(|text| *text != name);
    Some(Variable {
        name: name.to_owned().leak(),
        literal_type,
        description: description.map_or("", |text| text.clone().leak()),
        default: None,
    })
}
