//! What may be done in clusters for somebody, beside reading them.

/// What may be done in clusters for whoever reaches this Podside, as far as their rights there
/// go. What was created is taken away at its deadline in any case.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Acts {
    /// Everything.
    #[default]
    Allowed,
    /// Nothing is created or run; what is left is removed when somebody asks for it.
    OnlyCleansUp,
    /// Nothing: other machines reach this Podside, and it cannot tell who asks.
    Nothing,
}

impl Acts {
    /// What holds for a portal that is reached from here alone, or from other machines too.
    pub(crate) fn of(is_loopback: bool, read_only: bool) -> Self {
        match (is_loopback, read_only) {
            (false, _) => Self::Nothing,
            (true, true) => Self::OnlyCleansUp,
            (true, false) => Self::Allowed,
        }
    }
}
