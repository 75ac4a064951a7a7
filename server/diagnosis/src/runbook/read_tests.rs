use super::*;

const SOUND: &str = "\
id: demo
version: 1
title: {en: Demo, ja: デモ}
about: {en: About, ja: 説明}
targets: [Pod]
steps:
  - id: pending
    question: {en: 'Is {pod} Pending?', ja: '{pod} は Pending ですか？'}
    why: {en: Because., ja: 理由。}
    check: {cel: \"pod.phase == 'Pending'\", shows: [phase]}
    commands: ['kubectl {-n namespace} get pod {pod}']
    docs: {url: 'https://kubernetes.io/', title: {en: Docs, ja: 文書}}
    yes: {step: room}
    no: {nothing-wrong: {en: Fine., ja: 正常。}}
    unknown: {step: room}
  - id: room
    question: {en: 'No room?', ja: '空きがない？'}
    why: {en: Because., ja: 理由。}
    check: {causes: [insufficient-cpu], when-true: no}
    docs: {url: 'https://kubernetes.io/', title: {en: Docs, ja: 文書}}
    yes: {runbook: demo, text: {en: Go on., ja: 次へ。}}
    no: {found: {en: Look., ja: 見る。}}
    unknown: {cause: insufficient-cpu, text: {en: Probably., ja: おそらく。}}
";

fn faults(source: &str) -> Vec<String> {
    let vocabulary = Vocabulary {
        is_cause: &|slug| slug == "insufficient-cpu",
        runbooks: &["demo"],
    };
    match read(source, vocabulary) {
        Ok(_) => Vec::new(),
        Err(faults) => faults.iter().map(ToString::to_string).collect(),
    }
}

/// The faults after one change to a sound file.
fn after(old: &str, new: &str) -> Vec<String> {
    assert!(SOUND.contains(old), "{old} is not in the file");
    faults(&SOUND.replacen(old, new, 1))
}

#[test]
fn a_sound_file_is_read() {
    assert_eq!(faults(SOUND), [""; 0]);
}

#[test]
fn each_fault_is_named_at_its_place() {
    let mut wrong = Vec::new();
    for (old, new, place, what) in [
        ("steps:", "stpes:", "6:1", "unknown field"),
        (
            "title: {en: Demo, ja: デモ}",
            "title: {en: Demo}",
            "3:9",
            "missing field `ja`",
        ),
        ("ja: デモ", "ja: ' '", "3:23", "empty"),
        ("version: 1", "version: one", "2:10", "u32"),
        (
            "targets: [Pod]",
            "targets: [pods]",
            "5:11",
            "`pods` is no API kind",
        ),
        (
            "targets: [Pod]",
            "targets: [Podd]",
            "5:11",
            "perhaps Pod is meant",
        ),
        (
            "yes: {step: room}",
            "yes: {step: rom}",
            "13:10",
            "there is no step `rom`",
        ),
        (
            "yes: {step: room}",
            "yes: {step: pending}",
            "13:10",
            "circle",
        ),
        ("id: room", "id: pending", "16:9", "another step `pending`"),
        ("id: room", "id: Room", "16:9", "no id"),
        (
            "[insufficient-cpu]",
            "[no-cpu]",
            "19:22",
            "`no-cpu` is no cause",
        ),
        (
            "runbook: demo",
            "runbook: dns",
            "21:20",
            "there is no runbook `dns`; there are: demo",
        ),
        (
            "{pod} Pending?",
            "{pood} Pending?",
            "8:20",
            "`{pood}` is no placeholder",
        ),
        (
            "get pod {pod}",
            "get pod {pd}",
            "11:16",
            "`{pd}` is no placeholder",
        ),
        ("pod.phase ==", "pod.phase =", "10:18", "not CEL"),
        (
            "pod.phase ==",
            "node.phase ==",
            "10:18",
            "node, which does not exist",
        ),
        ("shows: [phase]", "ask: true", "10:12", "exactly one of"),
        (
            "cause: insufficient-cpu, text: {en: Probably., ja: おそらく。}",
            "cause: insufficient-cpu",
            "23:14",
            "`text` is missing",
        ),
        (
            "no: {nothing-wrong: {en: Fine., ja: 正常。}}",
            "no: {found: {en: Fine., ja: 正常。}}",
            "14:9",
            "needs a check by `causes`",
        ),
        (
            "'https://kubernetes.io/'",
            "'javascript:alert(1)'",
            "12:17",
            "no https:// address",
        ),
    ] {
        let found = after(old, new);
        if !found
            .iter()
            .any(|fault| fault.starts_with(&format!("{place}: ")) && fault.contains(what))
        {
            wrong.push(format!("{new}: expected {place} … {what}, got {found:?}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn a_step_that_nothing_leads_to_is_a_fault() {
    let cut = SOUND.replace("{step: room}", "{open: {en: Ask., ja: 尋ねる。}}");
    assert_eq!(faults(&cut), ["16:9: no answer leads to step `room`"]);
}

#[test]
fn what_is_no_yaml_is_a_fault_and_no_panic() {
    for source in [
        "", "[", "a: b: c", "\u{0}", "- - -", "&a *a", "id: [\n", "{", "%TAG",
    ] {
        assert_eq!(faults(source).len(), 1, "{source:?}");
    }
}

#[test]
fn an_empty_file_is_said_to_be_so() {
    for source in ["", "\n\n", "# only this\n  # and that\n"] {
        assert_eq!(
            faults(source),
            ["1:1: the file is empty; a runbook begins with `id:`"]
        );
    }
}
