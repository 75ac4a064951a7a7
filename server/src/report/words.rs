//! The report's own words in both languages.

use jiff::Timestamp;
use podside_model::{
    Certainty, Evidence, EvidenceKind, Lang, Problem, Said, Severity, Unsettled, Why,
};

use super::Report;

/// The headings and labels of a report.
pub(crate) struct Words {
    pub(crate) proof: &'static str,
    pub(crate) fix: &'static str,
    pub(crate) affects: &'static str,
    pub(crate) unexplained: &'static str,
    pub(crate) unsettled: &'static str,
    pub(crate) cannot_tell: &'static str,
    pub(crate) likely: &'static str,
    pub(crate) missing: &'static str,
    pub(crate) settle: &'static str,
    pub(crate) comma: &'static str,
    pub(crate) brackets: fn(&str) -> String,
}

impl Words {
    pub(crate) fn of(lang: Lang) -> Self {
        match lang {
            Lang::En => Self {
                proof: "Proof",
                fix: "Fix",
                affects: "Affects",
                unexplained: "Unexplained: not well, and no rule says why",
                unsettled: "Unsettled: not well yet, still within its time",
                cannot_tell: "Cannot tell",
                likely: "probably",
                missing: "not there",
                settle: "To find out",
                comma: ", ",
                brackets: |text| format!(" ({text})"),
            },
            Lang::Ja => Self {
                proof: "根拠",
                fix: "修正",
                affects: "影響",
                unexplained: "原因不明（説明できるルールなし）",
                unsettled: "判定待ち（許容時間内）",
                cannot_tell: "判断できないこと",
                likely: "おそらく",
                missing: "存在しない",
                settle: "確認方法",
                comma: "、",
                brackets: |text| format!("（{text}）"),
            },
        }
    }
}

pub(crate) const fn severity(severity: Severity, lang: Lang) -> &'static str {
    match (severity, lang) {
        (Severity::Critical, Lang::En) => "critical",
        (Severity::Warning, Lang::En) => "warning",
        (Severity::Info, Lang::En) => "info",
        (Severity::Critical, Lang::Ja) => "重大",
        (Severity::Warning, Lang::Ja) => "警告",
        (Severity::Info, Lang::Ja) => "情報",
    }
}

pub(crate) fn certainty(certainty: Certainty, words: &Words) -> Option<&'static str> {
    match certainty {
        Certainty::Certain => None,
        Certainty::Likely => Some(words.likely),
    }
}

pub(crate) const fn why(why: Why, lang: Lang) -> &'static str {
    match (why, lang) {
        (Why::Denied, Lang::En) => "no right",
        (Why::Expired, Lang::En) => "expired",
        (Why::NotSeen, Lang::En) => "not read",
        (Why::NotRecorded, Lang::En) => "not in the recording",
        (Why::Denied, Lang::Ja) => "権限なし",
        (Why::Expired, Lang::Ja) => "失効",
        (Why::NotSeen, Lang::Ja) => "未読み取り",
        (Why::NotRecorded, Lang::Ja) => "記録なし",
    }
}

/// What is to be changed for a problem, with the container that is meant.
pub(crate) fn subject(problem: &Problem<String>, words: &Words, lang: Lang) -> String {
    let subject = &problem.subject;
    let container = subject.container.as_ref().map(|name| match lang {
        Lang::En => format!("container {name}"),
        Lang::Ja => format!("コンテナ {name}"),
    });
    let container = container.map(|container| (words.brackets)(&container));
    format!("{subject}{}", container.unwrap_or_default())
}

/// How many more there are than a list shows.
pub(crate) fn and_more(count: usize, lang: Lang) -> String {
    match lang {
        Lang::En => format!("and {count} more"),
        Lang::Ja => format!("ほか {count} 件"),
    }
}

/// What a piece of evidence shows, in one line.
pub(crate) fn shown(evidence: &Evidence<String>, words: &Words) -> String {
    let Evidence { object, value, .. } = evidence;
    match (evidence.kind, &evidence.path, &evidence.reason) {
        // A key of an object that is there, say, or a field.
        (EvidenceKind::Absence, ..) if *value != object.name => {
            format!("{object}, {value}: {}", words.missing)
        }
        (EvidenceKind::Absence, ..) => format!("{object}: {}", words.missing),
        (EvidenceKind::Field, Some(path), _) => format!("{path} = {value}"),
        (EvidenceKind::Event, _, Some(reason)) => format!("{reason}: {value}"),
        _ => value.clone(),
    }
}

/// The one line that says it all: what is broken, and what else keeps it from being well.
pub(crate) fn verdict(report: &Report<'_>) -> String {
    let critical = report.count(Severity::Critical);
    let warning = report.count(Severity::Warning);
    let broken = critical + warning;
    let diagnosis = report.diagnosis;
    let (unexplained, unsettled, unknown) = (
        diagnosis.unexplained.len(),
        diagnosis.unsettled.len(),
        diagnosis.unknown.len(),
    );
    let place = place(report);
    let rest = rest([unexplained, unsettled, unknown], report.lang);
    match (report.lang, broken, rest.is_empty()) {
        (Lang::En, 0, true) => format!("Nothing is broken {place}."),
        // Only time will tell of what is left.
        (Lang::En, 0, false) if unexplained + unknown == 0 => format!(
            "Nothing is broken so far {place}; {unsettled} {} still settling.",
            plural(unsettled, "object is", "objects are")
        ),
        (Lang::En, 0, false) => format!("No problem found {place}; {rest}."),
        (Lang::En, _, nothing_else) => {
            let counted = counted(critical, warning, report.lang, ", ");
            let problems = plural(broken, "problem", "problems");
            let rest = if nothing_else {
                rest
            } else {
                format!("; {rest}")
            };
            format!("{broken} {problems} {place}: {counted}{rest}.")
        }
        (Lang::Ja, 0, true) => format!("{place} に問題はありません。"),
        (Lang::Ja, 0, false) if unexplained + unknown == 0 => format!(
            "{place} に今のところ問題はありません。判定待ちのオブジェクトが {unsettled} 個あります。"
        ),
        (Lang::Ja, 0, false) => format!("{place} に問題は見つかりませんでした。{rest}。"),
        (Lang::Ja, _, nothing_else) => {
            let counted = counted(critical, warning, report.lang, "、");
            let rest = if nothing_else {
                rest
            } else {
                format!("{rest}。")
            };
            format!("{place} に問題が {broken} 件あります（{counted}）。{rest}")
        }
    }
}

/// How much is unexplained, unsettled and unknown, of those that there are.
fn rest([unexplained, unsettled, unknown]: [usize; 3], lang: Lang) -> String {
    let of = |count: usize, en: String, ja: String| match lang {
        Lang::En => (count > 0).then_some(en),
        Lang::Ja => (count > 0).then_some(ja),
    };
    let parts = [
        of(
            unexplained,
            format!(
                "{unexplained} {} not well and unexplained",
                plural(unexplained, "object is", "objects are")
            ),
            format!("原因不明のオブジェクトが {unexplained} 個"),
        ),
        of(
            unsettled,
            format!(
                "{unsettled} {} still settling",
                plural(unsettled, "object is", "objects are")
            ),
            format!("判定待ちのオブジェクトが {unsettled} 個"),
        ),
        of(
            unknown,
            format!(
                "{unknown} {} cannot be told",
                plural(unknown, "thing", "things")
            ),
            format!("判断できないことが {unknown} 件"),
        ),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    match lang {
        Lang::En => parts.join(", "),
        Lang::Ja if parts.is_empty() => String::new(),
        Lang::Ja => format!("{}あります", parts.join("、")),
    }
}

/// Words of the cluster in one line: the reason, how often, and the message.
pub(crate) fn quoted(said: &Said) -> String {
    let times = if said.count > 1 {
        format!(" ({}×)", said.count)
    } else {
        String::new()
    };
    match said.message.as_str() {
        "" => format!("{}{times}", said.reason),
        message => format!("{}{times}: {message}", said.reason),
    }
}

/// Since when, as the end of a sentence.
pub(crate) fn since(since: Option<Timestamp>, lang: Lang) -> String {
    match (since, lang) {
        (Some(since), Lang::En) => format!(", since {since:.0}"),
        (Some(since), Lang::Ja) => format!("（{since:.0} から）"),
        (None, _) => String::new(),
    }
}

/// When something that is unsettled is judged, and why it is waited for.
pub(crate) fn judged(unsettled: &Unsettled<String>, lang: Lang) -> String {
    let (at, why) = (unsettled.judged_at, &unsettled.why);
    match lang {
        Lang::En => format!("judged at {at:.0}: {why}"),
        Lang::Ja => format!("{at:.0} に判定します（{why}）"),
    }
}

/// What was looked at, by how many rules, and when.
pub(crate) fn looked_at(report: &Report<'_>) -> String {
    let diagnosis = report.diagnosis;
    let objects: usize = diagnosis.looked_at.iter().map(|kind| kind.count).sum();
    let (rules, at) = (diagnosis.rules, diagnosis.observed_at);
    match report.lang {
        Lang::En => format!(
            "{objects} {} looked at by {rules} rules, as they were at {at:.0}",
            plural(objects, "object", "objects")
        ),
        Lang::Ja => {
            format!("オブジェクト {objects} 個を {rules} 個のルールで確認しました（{at:.0} 時点）")
        }
    }
}

fn place(report: &Report<'_>) -> String {
    match (report.lang, report.namespace) {
        (Lang::En, Some(namespace)) => format!("in namespace {namespace} of {}", report.cluster),
        (Lang::En, None) => format!("in {}", report.cluster),
        (Lang::Ja, Some(namespace)) => format!("{} の Namespace {namespace}", report.cluster),
        (Lang::Ja, None) => report.cluster.to_owned(),
    }
}

fn counted(critical: usize, warning: usize, lang: Lang, between: &str) -> String {
    [(critical, Severity::Critical), (warning, Severity::Warning)]
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, of)| match lang {
            Lang::En => format!("{count} {}", severity(of, lang)),
            Lang::Ja => format!("{} {count} 件", severity(of, lang)),
        })
        .collect::<Vec<_>>()
        .join(between)
}

const fn plural<'a>(count: usize, one: &'a str, many: &'a str) -> &'a str {
    if count == 1 { one } else { many }
}
