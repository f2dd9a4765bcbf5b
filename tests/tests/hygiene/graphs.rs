//! Workflows and launch plans in the surroundings of the tasks: every name is something else, nothing is in
//! scope, names are keywords, and a `macro_rules!` macro writes them.

use flytekit::declare::{Binding, Constant, FailurePolicy};
use flytekit::registry::Registry;
use flytekit_proto::flyteidl::admin::WorkflowSpec;
use prost::Message as _;

mod shadowed {
    #![allow(dead_code, non_camel_case_types, unused_macros)]

    mod core {}
    mod std {}
    mod alloc {}
    mod inventory {}
    mod flytekit {}
    struct Option;
    struct Some;
    struct None;
    struct Result;
    struct Ok;
    struct Err;
    struct Vec;
    struct Box;
    struct String;
    struct Sized;
    struct Send;
    struct Sync;
    struct Clone;
    struct Copy;
    struct Default;
    struct From;
    struct Into;
    struct Iterator;
    struct Fn;
    struct FnOnce;
    struct FnMut;
    struct Drop;
    struct Error;
    struct Target;
    struct Node;
    struct Binding;
    struct Constant;
    struct Variable;
    struct Entity;
    struct Workflow;
    struct LaunchPlan;
    struct Duration;
    struct str;
    struct u8;
    struct usize;
    macro_rules! hostile { ($($name:ident),*) => {$( macro_rules! $name { ($_:tt) => { compile_error!("a macro of the scope was called") }; } )*}; }
    hostile!(
        assert,
        concat,
        env,
        file,
        format,
        line,
        matches,
        module_path,
        panic,
        stringify,
        unreachable,
        vec
    );

    #[::flytekit::task]
    pub(crate) fn add(a: i64, #[default(1)] b: i64) -> i64 {
        a + b
    }
    #[::flytekit::task]
    pub(crate) fn check(a: i64) -> ::flytekit::Result<i64> {
        ::std::result::Result::Ok(a)
    }

    #[::flytekit::dynamic(env("A" = "1"))]
    pub(crate) fn build(
        graph: &mut ::flytekit::Graph,
        a: i64,
    ) -> ::flytekit::Result<::flytekit::Promise<i64>> {
        ::std::result::Result::Ok(graph.node(add::call(a, 1)))
    }

    #[::std::prelude::v1::derive(::flytekit::Outputs)]
    pub(crate) struct Found {
        pub(crate) number: i64,
        pub(crate) text: ::std::string::String,
    }

    #[::flytekit::task]
    pub(crate) fn find(a: i64) -> Found {
        Found {
            number: a,
            text: ::std::string::String::new(),
        }
    }

    #[::flytekit::task]
    pub(crate) fn clean(a: i64) {
        let _ = a;
    }

    #[::flytekit::workflow(on_failure = clean, tags("team" = "x"))]
    pub(crate) fn flow(
        #[default(2)] a: i64,
    ) -> ::std::result::Result<(i64, ::std::string::String), ::flytekit::Error> {
        #[node(name = "first", retries = 2, requests(cpu = 1))]
        let b = add(a, 3);
        let found = find(b);
        let cut = 4;
        let chosen = if found.number > cut {
            check(b)?
        } else {
            add(b, cut)
        };
        ::std::result::Result::Ok((chosen, found.text))
    }

    #[::flytekit::workflow]
    pub(crate) fn outer(a: i64) -> ::std::result::Result<Found, ::flytekit::Error> {
        let (n, text) = flow(a)?;
        ::std::result::Result::Ok(Found { number: n, text })
    }

    #[::flytekit::launch_plan(workflow = flow, fixed(a = 3), schedule(cron = "0 6 * * *"), notifications(email(on(failed), to("a@b.c"))), labels("a" = "b"), interruptible, concurrency(max = 1))]
    pub(crate) fn plan() -> ::std::result::Result<(i64, ::std::string::String), ::flytekit::Error>;

    #[::flytekit::task(reference(name = "other", version = "1"))]
    pub(crate) fn other(a: i64) -> ::flytekit::Result<i64>;
    #[::flytekit::workflow(reference(name = "others", version = "1"))]
    pub(crate) fn others(a: i64) -> ::flytekit::Result<i64>;
    #[::flytekit::launch_plan(reference(name = "plans", version = "1"))]
    pub(crate) fn plans(a: i64) -> ::flytekit::Result<i64>;
}
mod bare {
    #![no_implicit_prelude]
    #[::flytekit::task]
    pub(crate) fn add(a: i64, b: i64) -> ::flytekit::Result<i64> {
        ::std::result::Result::Ok(a + b)
    }
    #[::flytekit::workflow]
    pub(crate) fn flow(#[default(2)] a: i64) -> ::flytekit::Result<i64> {
        let sure = ::flytekit::approve(a, "sure")?;
        let limit = ::flytekit::wait_for_input::<i64>("limit")?;
        ::flytekit::sleep(::std::time::Duration::from_secs(0));
        if sure > limit {
            add(sure, limit)
        } else {
            return ::std::result::Result::Err(::flytekit::Error::user("no"));
        }
    }
    #[::flytekit::launch_plan(workflow = flow)]
    pub(crate) fn plan(#[default(5)] a: i64) -> ::flytekit::Result<i64>;
}
mod raw {
    use flytekit::prelude::*;

    #[derive(Outputs)]
    pub(crate) struct r#Outs {
        pub(crate) r#type: i64,
        pub(crate) r#match: i64,
    }
    #[task]
    pub(crate) fn r#loop(r#fn: i64) -> Outs {
        Outs {
            r#type: r#fn,
            r#match: 2,
        }
    }
    #[workflow(on_failure = r#dyn)]
    pub(crate) fn r#while(r#type: i64, r#plain: i64, #[default(1)] r#in: i64) -> Result<Outs> {
        let Outs { r#type, .. } = r#loop(r#type);
        let r#box = r#loop(plain);
        let r#use = 3;
        let r#if = if r#type > r#use && r#in == plain {
            r#loop(r#use)
        } else {
            r#loop(r#in)
        };
        #[node(after(r#if, r#box))]
        let _ = r#loop(r#box.r#match);
        Ok(Outs {
            r#match: r#box.r#type,
            r#type,
        })
    }
    #[task]
    pub(crate) fn r#dyn(r#in: i64) {
        let _ = r#in;
    }
    #[launch_plan(workflow = r#while, fixed(r#type = 3), schedule(rate = "2h"))]
    pub(crate) fn r#for(#[default(2)] r#plain: i64, r#in: i64) -> Result<Outs>;
    #[task]
    pub(crate) fn at(r#type: std::time::SystemTime) {
        let _ = r#type;
    }
    #[workflow]
    pub(crate) fn scheduled(r#type: std::time::SystemTime) -> Result<()> {
        at(r#type);
        Ok(())
    }
    #[launch_plan(workflow = scheduled, schedule(rate = "2h", kickoff_time = r#type))]
    pub(crate) fn hourly(r#type: std::time::SystemTime) -> Result<()>;
}
mod generated {
    use flytekit::prelude::*;
    use std::collections::HashMap;

    #[task]
    pub(crate) fn add(a: i64, b: i64) -> Result<i64> {
        Ok(a + b)
    }
    #[task]
    pub(crate) fn list(n: i64) -> Vec<i64> {
        vec![n]
    }
    #[task]
    pub(crate) fn keyed(map: HashMap<String, i64>) -> HashMap<String, i64> {
        map
    }
    macro_rules! flow {
        ($(#[$attr:meta])* $vis:vis fn $name:ident($arg:ident: $ty:ty = $default:expr) -> $out:ty; $entity:path, $other:expr, $lit:literal, $text:literal, $key:expr, $policy:expr, $retries:expr, $id:literal, $cond:expr, $fail:path, $place:expr, $pat:pat, $first:ident, $second:ident) => {
            #[workflow(failure_policy = $policy, on_failure = $fail, tags($text = $text), interruptible = $other)]
            $(#[$attr])*
            $vis fn $name(#[default($default)] $arg: $ty) -> $out {
                #[node(retries = $retries, id = $id, name = $text, cache(version = $text), requests(cpu = $lit), timeout = $lit, container_image = $text)]
                let $first = $entity($arg, $lit)?;
                let it = $lit;
                let items = list($lit);
                #[node(after($first))]
                let $pat = $entity(items[$place], it)?;
                let map = keyed(HashMap::from([($key, $lit), ("z", $first)]));
                let waited = wait_for_input::<$ty>($key)?;
                let sure = approve($first, $text)?;
                Ok(if $cond { $entity(sure, map[$key])? } else if $first > $lit { $entity(waited, $second)? } else { return Err(Error::user($text)) })
            }
        };
    }
    #[task]
    pub(crate) fn clean() {}
    flow! { /// Docs.
    pub(crate) fn flow(n: i64 = 1 + 1) -> Result<i64>; add, true, 3, "text", "key", fail_after_executable_nodes_complete, 2, "own", n > 3, clean, 0, second, first, second }
}

#[test]
fn the_graphs_run() {
    let (number, text) = shadowed::plan().expect("it succeeds");
    assert_eq!((number, &*text), (6, ""));
    let found = shadowed::outer(0).expect("it succeeds");
    assert_eq!(found.number, 7);
    let found = raw::r#while(4, 5, 5).expect("it succeeds");
    assert_eq!((found.r#type, found.r#match), (4, 5));
}

#[test]
fn names_are_without_the_mark() {
    let registry = Registry::load().expect("no two entities have one name");
    let plan = registry.launch_plans.get("hygiene.graphs.raw.for");
    let plan = plan.expect("the launch plan").descriptor;
    assert_eq!(plan.fixed[0].variable, "type");
    let plan = registry.launch_plans.get("hygiene.graphs.raw.hourly");
    let schedule = plan.expect("the launch plan").descriptor.schedule;
    assert_eq!(schedule.expect("a schedule").kickoff_time, "type");
    let workflow = registry.workflows.get("hygiene.graphs.raw.while");
    let spec = WorkflowSpec::decode(&*workflow.expect("the workflow").spec());
    let template = spec.expect("a workflow").template.expect("its template");
    assert_eq!(template.nodes[3].upstream_node_ids, ["n1", "n2"]);
}

#[test]
fn what_fragments_say_is_in_the_descriptor() {
    let registry = Registry::load().expect("no two entities have one name");
    let workflow = registry.workflows.get("hygiene.graphs.generated.flow");
    let workflow = workflow.expect("the workflow").descriptor;
    assert_eq!(workflow.docs, "Docs.");
    assert_eq!(
        workflow.failure_policy,
        FailurePolicy::FailAfterExecutableNodesComplete
    );
    let node = &workflow.nodes[0];
    assert_eq!((node.id, node.name), ("own", Some("text")));
    let overrides = node.overrides.expect("overrides");
    assert_eq!(overrides.retries, Some(2));
    assert_eq!(overrides.container_image, Some("text"));
    let default = workflow.defaults[0].value;
    assert!(matches!(default, Binding::Constant(Constant::Integer(2))));
}
