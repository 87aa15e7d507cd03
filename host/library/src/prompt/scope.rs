//! Where a way to a value begins: at names of the blocks around it, at what is rendered
//! there, at what stands around that. The same for values and for their declared shapes.

use super::template::{Path, Start, Turn};

/// What is known in one place of a template.
pub(super) struct Scope<'s, T> {
    /// What is rendered here.
    pub this: T,
    /// All variables.
    pub root: T,
    /// The names that the block gives.
    pub names: Vec<(&'s str, T)>,
    /// What the innermost loop knows of its turn.
    pub turn: Option<Turns<T>>,
    outer: Option<&'s Scope<'s, T>>,
}

/// What a loop knows of the turn that it is in.
#[derive(Clone)]
pub(super) struct Turns<T> {
    pub index: T,
    pub key: T,
    pub first: T,
    pub last: T,
}

/// Why a way begins nowhere.
pub(super) enum NoStart {
    /// There is nothing that far out.
    Outside,
    /// There is no loop around it.
    NoLoop,
}

impl<'s, T: Clone> Scope<'s, T> {
    /// What is known at the start.
    pub fn root(all: T) -> Self {
        Self { this: all.clone(), root: all, names: Vec::new(), turn: None, outer: None }
    }

    /// What is known within a block that is about something else.
    pub fn within(&'s self, this: T) -> Self {
        let (root, turn) = (self.root.clone(), self.turn.clone());
        Self { this, root, names: Vec::new(), turn, outer: Some(self) }
    }

    /// What is known in a partial: nothing of what stands around the place that names it.
    pub fn partial<'n>(&self, this: T) -> Scope<'n, T> {
        let (root, turn) = (self.root.clone(), self.turn.clone());
        Scope { this, root, names: Vec::new(), turn, outer: None }
    }

    /// Where a way begins, and what is left of it.
    pub fn start<'p>(&self, path: &'p Path) -> Result<(T, &'p [String]), NoStart> {
        match &path.start {
            Start::Root => Ok((self.root.clone(), &path.parts)),
            Start::This(out) => Ok((self.further_out(*out)?.this.clone(), &path.parts)),
            Start::Loop(turn) => Ok((self.turn_of(*turn)?, &path.parts)),
            Start::Name => Ok(self.named(&path.parts)),
        }
    }

    fn further_out(&self, count: usize) -> Result<&Self, NoStart> {
        let mut scope = self;
        for _ in 0..count {
            scope = scope.outer.ok_or(NoStart::Outside)?;
        }
        Ok(scope)
    }

    fn turn_of(&self, turn: Turn) -> Result<T, NoStart> {
        let turns = self.turn.as_ref().ok_or(NoStart::NoLoop)?;
        Ok(match turn {
            Turn::Index => turns.index.clone(),
            Turn::Key => turns.key.clone(),
            Turn::First => turns.first.clone(),
            Turn::Last => turns.last.clone(),
        })
    }

    fn named<'p>(&self, parts: &'p [String]) -> (T, &'p [String]) {
        if let [first, rest @ ..] = parts {
            let mut scope = Some(self);
            while let Some(here) = scope {
                if let Some((_, value)) = here.names.iter().find(|(name, _)| name == first) {
                    return (value.clone(), rest);
                }
                scope = here.outer;
            }
        }
        (self.this.clone(), parts)
    }
}
