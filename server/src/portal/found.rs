//! A message or words, found in what a cluster says and has.

use podside_app::{Place, PortalError};
use podside_diagnosis::pasted::{self, Found, Printed, RUNBOOK, Source};
use podside_diagnosis::runbook::find as runbook;
use podside_diagnosis::texts::resolve;
use podside_model::view::{FoundObject, FoundPage, FoundRunbook, SaysSame};
use podside_model::{Diagnosis, Lang, Message, ObjectRef, Problem, ProblemId};
use podside_redact::hide;

use crate::bounds::{Text, bounded};
use crate::session::Session;

/// The most objects and the most problems that are told.
const MOST: usize = 30;
/// The longest words of the cluster that stand on the page, in characters.
const LONGEST_SAID: usize = 600;

pub(super) async fn found(
    session: &Session,
    place: &Place,
    words: &str,
) -> Result<FoundPage, PortalError> {
    let lang = session.lang();
    bounded(lang, Text::Pasted, words)?;
    let seen = session.look(place).await?;
    let mut page = FoundPage {
        words: words.to_owned(),
        printed: None,
        matches: Vec::new(),
        objects: Vec::new(),
        more_objects: 0,
        problems: Vec::new(),
        runbook: None,
        head: seen.head,
    };
    let looked = seen
        .sight
        .as_ref()
        .filter(|_| !words.trim().is_empty())
        .and_then(|sight| Some((sight, sight.diagnosis.as_ref()?)));
    let Some((sight, diagnosis)) = looked else {
        return Ok(page);
    };
    let (sight, diagnosis) = (
        std::sync::Arc::clone(sight),
        std::sync::Arc::clone(diagnosis),
    );
    let (asked, namespace) = (words.to_owned(), place.namespace.clone());
    // A large cluster says a lot.
    let compared = tokio::task::spawn_blocking(move || {
        let (snapshot, namespace) = (&sight.snapshot, namespace.as_deref());
        let found = pasted::find(snapshot, &diagnosis, &asked, namespace);
        let objects = pasted::objects_with(snapshot, &asked, namespace, MOST);
        (found, objects, diagnosis)
    });
    let Ok((found, (by_words, more), diagnosis)) = compared.await else {
        return Ok(page);
    };
    let cluster = page.head.cluster.clone();
    let may_see = |object: &ObjectRef| session.may_see(&cluster, object);
    let has_nothing = found.matches.is_empty();
    page.runbook = has_nothing.then(|| offered(&found, lang)).flatten();
    page.printed = found.printed.map(|printed| command(printed).to_owned());
    page.matches = found
        .matches
        .into_iter()
        .filter(|it| may_see(&it.object))
        .map(|it| said(it, &diagnosis, lang))
        .collect();
    let mut named = found.named;
    for object in by_words {
        if !named.contains(&object) {
            named.push(object);
        }
    }
    page.objects = named
        .into_iter()
        .filter(may_see)
        .map(|object| FoundObject {
            problem: problem_of(&diagnosis, &object, lang),
            object,
        })
        .collect();
    page.more_objects = more;
    page.problems = titled(&diagnosis, words, place.namespace.as_deref(), lang);
    Ok(page)
}

const fn command(printed: Printed) -> &'static str {
    match printed {
        Printed::Describe => "kubectl describe",
        Printed::Get => "kubectl get",
        Printed::Events => "kubectl events",
        Printed::Logs => "kubectl logs",
    }
}

fn said(it: pasted::Match, diagnosis: &Diagnosis<Message>, lang: Lang) -> SaysSame {
    let mark = it.text.get(it.marked.clone()).unwrap_or_default();
    let mark = hide(mark).into_owned();
    let mut text = hide(&it.text).into_owned();
    if let Some((at, _)) = text.char_indices().nth(LONGEST_SAID) {
        text.truncate(at);
        text.push('…');
    }
    SaysSame {
        problem: problem_of(diagnosis, &it.object, lang),
        in_log: it.source == Source::Log,
        reason: it.reason,
        mark,
        text,
        object: it.object,
    }
}

/// The worst problem that has to do with an object.
fn problem_of(
    diagnosis: &Diagnosis<Message>,
    object: &ObjectRef,
    lang: Lang,
) -> Option<(ProblemId, String)> {
    let is = |other: &ObjectRef| other.without_container() == *object;
    let concerns = |problem: &&Problem<Message>| {
        is(&problem.subject)
            || problem.evidence.iter().any(|it| is(&it.object))
            || problem.affects.iter().any(|it| is(&it.object))
    };
    let problem = diagnosis.problems.iter().find(concerns)?;
    Some((problem.id(), resolve(&problem.title, lang)))
}

/// The problems that have all words in their title, their cause or their subject.
fn titled(
    diagnosis: &Diagnosis<Message>,
    words: &str,
    namespace: Option<&str>,
    lang: Lang,
) -> Vec<(ProblemId, String)> {
    let words = words.to_lowercase();
    let words: Vec<&str> = words.split_whitespace().collect();
    let here = |problem: &&Problem<Message>| {
        namespace.is_none_or(|place| {
            problem
                .subject
                .namespace
                .as_deref()
                .is_none_or(|it| it == place)
        })
    };
    let found = diagnosis
        .problems
        .iter()
        .filter(here)
        .filter_map(|problem| {
            let title = resolve(&problem.title, lang);
            let all = format!("{title} {} {}", problem.cause, problem.subject).to_lowercase();
            let has_all = words.iter().all(|word| all.contains(word));
            has_all.then(|| (problem.id(), title))
        });
    found.take(MOST).collect()
}

/// The runbook that goes on where nothing says the same.
fn offered(found: &Found, lang: Lang) -> Option<FoundRunbook> {
    let runbook = &runbook(RUNBOOK)?.runbook;
    let step = found
        .step
        .and_then(|id| runbook.steps.iter().find(|step| step.id == id));
    Some(FoundRunbook {
        id: RUNBOOK.to_owned(),
        title: runbook.title.get(lang).to_owned(),
        step: step.map(|step| (step.id.clone(), step.label.get(lang).to_owned())),
    })
}
