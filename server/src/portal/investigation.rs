//! One investigation as it goes on.

use jiff::Timestamp;
use podside_app::PortalError;
use podside_diagnosis::runbook::{Check, Here, Step, tree};
use podside_diagnosis::texts::resolve;
use podside_model::view::{ChartHead, ConclusionView, HereView, InvestigationPage, StepView};
use podside_model::{Answer, InvestigationId, Lang, NoSuggestion};
use podside_store::{Investigation, Share};

use super::sharing::share_row;
use super::shown;
use super::test_step::test_step;
use crate::investigations::{Investigations, Walk, concluded, conclusion_view, failed, record_row};
use crate::session::Session;

pub(super) async fn investigation(
    session: &Session,
    id: InvestigationId,
) -> Result<InvestigationPage, PortalError> {
    let (lang, investigations) = (session.lang(), Investigations::of(session));
    let kept = investigations.read(id).await?;
    let shares = session
        .kept()
        .shares(id, Timestamp::now())
        .await
        .map_err(|e| failed(lang, e))?;
    if kept.runbook.is_none() {
        let head = investigations.seen(&kept).await?.head;
        return Ok(without_runbook(&kept, &shares, head, lang));
    }
    let walk = Walk::of(&investigations, kept).await?;
    let here = match &walk.state.here {
        Here::Concluded { conclusion, .. } => HereView::Concluded {
            conclusion: conclusion_view(conclusion, lang),
        },
        Here::Step(_) => match walk.state.step(&walk.runbook) {
            Some(step) => {
                let mut view = step_view(&walk, step, lang);
                if let Check::Probe(probe) = &step.check {
                    view.probe = Some(test_step(session, &walk, step, probe).await);
                }
                HereView::Step(Box::new(view))
            }
            None => HereView::Concluded {
                conclusion: ConclusionView::Open {
                    text: String::new(),
                },
            },
        },
    };
    let suggested = suggestion(&walk).ok();
    let kept = &walk.investigation;
    let now = walk.head.now;
    Ok(InvestigationPage {
        id,
        title: walk.runbook.title.get(lang).to_owned(),
        runbook: Some(walk.runbook.id.clone()),
        target: kept.target.clone(),
        started_by: kept.started_by.clone(),
        started_at: kept.started_at,
        here,
        tree: shown::tree(tree(&walk.runbook, &walk.state), suggested, lang),
        record: kept
            .entries
            .iter()
            .map(|entry| record_row(entry, lang))
            .collect(),
        last_seq: kept.last_seq(),
        shares: shares.iter().map(|share| share_row(share, now)).collect(),
        going: investigations.going(kept),
        head: walk.head,
    })
}

/// A problem that was kept as it was found: its conclusion and what was noted since.
fn without_runbook(
    kept: &Investigation,
    shares: &[Share],
    head: ChartHead,
    lang: Lang,
) -> InvestigationPage {
    let record: Vec<_> = kept
        .entries
        .iter()
        .map(|entry| record_row(entry, lang))
        .collect();
    let conclusion = concluded(&record).unwrap_or_else(|| ConclusionView::Open {
        text: String::new(),
    });
    let title = match &conclusion {
        ConclusionView::Cause { cause, .. } => cause.to_string(),
        _ => kept.target.to_string(),
    };
    InvestigationPage {
        id: kept.id,
        title,
        runbook: None,
        target: kept.target.clone(),
        started_by: kept.started_by.clone(),
        started_at: kept.started_at,
        here: HereView::Concluded { conclusion },
        tree: Vec::new(),
        record,
        last_seq: kept.last_seq(),
        shares: shares
            .iter()
            .map(|share| share_row(share, head.now))
            .collect(),
        going: None,
        head,
    }
}

fn suggestion(walk: &Walk) -> Result<Answer, NoSuggestion> {
    match &walk.state.finding {
        Some(finding) => finding.suggests.clone(),
        None => Err(NoSuggestion::Ask),
    }
}

fn step_view(walk: &Walk, step: &Step, lang: Lang) -> StepView {
    let names = &walk.state.names;
    let walked = walk.state.path().count();
    let evidence = walk
        .state
        .finding
        .iter()
        .flat_map(|finding| &finding.evidence);
    StepView {
        id: step.id.clone(),
        number: walked + 1,
        at_most: walked + walk.runbook.longest_from(&step.id),
        question: names.fill(&step.question).get(lang).to_owned(),
        why: names.fill(&step.why).get(lang).to_owned(),
        suggests: suggestion(walk),
        evidence: evidence
            .map(|evidence| evidence.clone().map_text(|text| resolve(&text, lang)))
            .collect(),
        commands: step
            .commands
            .iter()
            .map(|command| command.fill(names))
            .collect(),
        probe: None,
        docs: shown::docs(step, lang),
    }
}
