use podside_model::log::{LineRef, LinesWriter, SourceId};

use super::*;
use crate::log::Row;

fn source(pod: &str) -> LogSource {
    let id = SourceId {
        pod: pod.to_owned(),
        container: "app".to_owned(),
        previous: false,
    };
    LogSource {
        id,
        owner: None,
        waits: None,
    }
}

fn state() -> LogState {
    let line = LogRow::Line {
        source: 0,
        time: Some(1),
        text: "rendered".to_owned(),
    };
    let logs = Logs {
        sources: vec![source("a"), source("b")],
        rows: vec![line],
        ..Logs::default()
    };
    LogState::of(&logs, true)
}

fn lines(seq: u64, lines: &[(u8, i64, &str)]) -> Vec<u8> {
    let mut writer = LinesWriter::new(seq);
    for (source, time, text) in lines {
        writer.push(LineRef {
            source: *source,
            time: Some(*time),
            text,
        });
    }
    writer.finish()
}

fn texts(state: &mut LogState) -> Vec<String> {
    while !state.work(None, || true) {}
    let rows = state.view().numbers(0..usize::MAX);
    let text = |number| match state.store().row(number)? {
        Row::Line { text, .. } => Some(text.to_owned()),
        Row::Note(note) => Some(format!("{note:?}")),
        Row::NoteRest => None,
    };
    rows.into_iter().filter_map(text).collect()
}

#[test]
fn the_streams_lines_take_the_place_of_the_rendered_ones() {
    let mut state = state();
    assert_eq!(texts(&mut state), ["rendered"]);
    assert!(state.cursors().is_empty());
    state.connected(None);
    assert_eq!(
        state.take_lines(&lines(0, &[(0, 1, "rendered"), (1, 2, "new")])),
        Ok(0)
    );
    assert_eq!(texts(&mut state), ["rendered", "new"]);
    let counts: Vec<_> = state.sources().map(|(_, lines)| lines).collect();
    assert_eq!(counts, [1, 1]);
    assert_eq!(state.cursors().len(), 2);
}

#[test]
fn an_event_that_comes_before_all_lines_is_kept() {
    let mut state = state();
    state.connected(None);
    let event = |seq, note| NoteFrame { seq, note };
    let back_off = podside_model::log::LogEvent {
        at: 1,
        warning: true,
        reason: "BackOff".to_owned(),
        pod: "a".to_owned(),
        message: "Back-off".to_owned(),
        count: 1,
    };
    state.take_note(event(0, LogNote::Event(back_off)));
    assert_eq!(texts(&mut state), ["rendered"]);
    assert_eq!(state.take_note(event(1, LogNote::Live)).1, Meaning::Live);
    let texts = texts(&mut state);
    assert!(
        texts.len() == 1 && texts[0].contains("BackOff"),
        "{texts:?}"
    );
}

#[test]
fn a_new_connection_is_one_gap_of_which_each_source_tells_its_part() {
    let mut state = state();
    state.connected(None);
    state.take_lines(&lines(0, &[(0, 1, "x")])).unwrap();
    state.connected(Some((7, 400)));
    let part = |seq, source, removed, maybe_missing| NoteFrame {
        seq,
        note: LogNote::Gap(Gap {
            source: Some(source),
            at: 7,
            lasted_ms: 400,
            removed,
            lost: 0,
            maybe_missing,
        }),
    };
    state.take_note(part(0, 0, 3, false));
    state.take_lines(&lines(1, &[(0, 2, "y")])).unwrap();
    state.take_note(part(2, 1, 1, true));
    let texts = texts(&mut state);
    assert_eq!(texts.len(), 3, "{texts:?}");
    assert!(texts[1].contains("removed: 4") && texts[1].contains("maybe_missing: true"));
    state.take_note(part(3, 1, 1, false));
    assert_eq!(state.store().next(), 6, "a later break is a gap of its own");
}

#[test]
fn a_frame_that_is_missing_is_a_gap() {
    let mut state = state();
    state.connected(None);
    state.take_lines(&lines(0, &[(0, 1, "x")])).unwrap();
    state.take_lines(&lines(2, &[(0, 2, "y")])).unwrap();
    assert!(texts(&mut state)[1].contains("maybe_missing: true"));
    assert_eq!(state.take_lines(b"nonsense"), Err(BadFrame));
}

#[test]
fn a_filter_shows_its_rows_when_all_are_there() {
    let mut state = state();
    state.connected(None);
    let many: Vec<_> = (0..900)
        .map(|i| (0, i, if i % 2 == 0 { "keep" } else { "drop" }))
        .collect();
    state.take_lines(&lines(0, &many)).unwrap();
    state.work(None, || true);
    state.set_filter(Filter {
        exclude: "drop".to_owned(),
        ..Filter::default()
    });
    assert!(!state.work(None, || false));
    assert_eq!(state.view().rows(), 900);
    while !state.work(None, || true) {}
    assert_eq!(state.view().rows(), 450);
}
