//! A Spark application, resolved.

use proc_macro2::Span;

use crate::engines::generic_spark::read::{Argument, Language};
use crate::syntax::error::{Sink, at};
use crate::syntax::group::Group;
use crate::syntax::lists::Pairs;
use crate::syntax::value::Text;
use crate::task::model::pairs;
use crate::task::read::GenericSparkOptions;

/// `generic_spark(…)`
#[derive(Debug)]
pub(crate) struct GenericSpark {
    /// Nothing if it was refused.
    pub(crate) application: Option<Application>,
    pub(crate) args: Vec<Argument>,
    pub(crate) conf: Pairs,
    pub(crate) hadoop_conf: Pairs,
}

/// What is started.
#[derive(Debug)]
pub(crate) enum Application {
    /// A class in a jar, by the runtime's constructor for its language.
    Class {
        constructor: &'static str,
        main_class: Text,
        jar: Text,
    },
    Python(Text),
    R(Text),
}

pub(crate) fn resolve(group: Group<GenericSparkOptions>, sink: &mut Sink) -> GenericSpark {
    let (span, well_formed) = (group.span, group.is_well_formed());
    let mut options = group.open(sink);
    let (args, conf, hadoop_conf) = (
        options.args.take(),
        options.conf.take(),
        options.hadoop_conf.take(),
    );
    GenericSpark {
        application: application(options, well_formed.then_some(span), sink),
        args: args.map_or_else(Vec::new, |args| args.open(sink)),
        conf: pairs(conf, sink),
        hadoop_conf: pairs(hadoop_conf, sink),
    }
}

/// ```text
/// generic_spark(application = "/opt/app.jar")                              what is the application written in? …
/// generic_spark(application_type = Scala, application = "/opt/app.jar")    a Scala application needs `main_class`: …
/// generic_spark(application_type = R, application = "/opt/app.R", main_class = "Main")
///                                                                          an R application has no main class: …
/// ```
///
/// What lacks is reported at `place`, the option's own, unless it may be what is malformed.
fn application(
    options: GenericSparkOptions,
    place: Option<Span>,
    sink: &mut Sink,
) -> Option<Application> {
    let GenericSparkOptions {
        main_class,
        application,
        application_type,
        ..
    } = options;
    let mut lacks = |reason: &str| sink.extend(place.map(|span| at(span, reason)));
    if application.is_none() {
        lacks(
            "`generic_spark` needs `application`, a file of the image or a URI: `application = \"/opt/app.jar\"`",
        );
    }
    let Some(language) = application_type else {
        lacks(
            "`generic_spark` needs `application_type`, one of `Scala`, `Java`, `Python`, `R`: `application_type = Scala`",
        );
        return None;
    };
    match (language, main_class) {
        (Language::Scala | Language::Java, None) => {
            lacks(
                "an application in Scala or Java needs `main_class`: `main_class = \"org.example.Main\"`",
            );
            None
        }
        (Language::Scala | Language::Java, Some(main_class)) => Some(Application::Class {
            constructor: if language == Language::Scala {
                "scala"
            } else {
                "java"
            },
            main_class,
            jar: application?,
        }),
        (Language::Python | Language::R, Some(main_class)) => {
            let reason = "an application in Python or R has no main class: its file is what runs";
            sink.push(at(main_class.span(), reason));
            None
        }
        (Language::Python, None) => application.map(Application::Python),
        (Language::R, None) => application.map(Application::R),
    }
}
