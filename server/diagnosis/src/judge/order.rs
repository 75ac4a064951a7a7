use super::yielding::Standing;

/// Puts cases in order: what breaks most for users first, then certain before likely,
/// then what breaks more objects; ties by the registry and the subject, so that the
/// order never depends on how the snapshot was filled.
pub(super) fn sort(cases: &mut [Standing<'_>]) {
    cases.sort_by(|a, b| {
        let key = |standing: &Standing<'_>| {
            (
                standing.severity,
                standing.case.finding.certainty,
                standing.case.rule.rank,
                std::cmp::Reverse(standing.case.problem.affects.len()),
                standing.case.place,
            )
        };
        key(a)
            .cmp(&key(b))
            .then_with(|| a.case.finding.subject.cmp(&b.case.finding.subject))
    });
}
