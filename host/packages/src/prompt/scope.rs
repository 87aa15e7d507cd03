//! Name resolution in templates: block parameters, `this`, `../`, `@root` and loop variables.
//!
//! Generic over `T`, so that checking (with declared shapes) and rendering (with values) follow the
//! same rules.

use super::template::{LoopVariable, PathStart, ValuePath};

/// Names that are visible at one place of a template.
pub(super) struct Scope<'s, T> {
    /// Value that plain names are looked up in.
    pub this: T,
    /// Object of all input variables.
    pub root: T,
    /// Block parameters, such as `item` in `{{#each items as |item|}}`.
    pub parameters: Vec<(&'s str, T)>,
    /// Variables of the innermost loop; `None` outside of loops.
    pub loop_values: Option<LoopValues<T>>,
    outer: Option<&'s Scope<'s, T>>,
}

/// Values of `@index`, `@key`, `@first` and `@last` in one iteration.
#[derive(Clone)]
pub(super) struct LoopValues<T> {
    pub index: T,
    pub key: T,
    pub first: T,
    pub last: T,
}

/// Reason why the start of a path cannot be resolved.
pub(super) enum PathStartError {
    /// The path has more `../` than there are enclosing blocks.
    OutsideOfScope,
    /// A loop variable is used outside of a loop.
    OutsideOfLoop,
}

impl<'s, T: Clone> Scope<'s, T> {
    /// Creates the scope of a template's top level.
    pub fn root(all: T) -> Self {
        Self {
            this: all.clone(),
            root: all,
            parameters: Vec::new(),
            loop_values: None,
            outer: None,
        }
    }

    /// Creates the scope of a block that changes `this`.
    pub fn enter_block(&'s self, this: T) -> Self {
        let (root, loop_values) = (self.root.clone(), self.loop_values.clone());
        Self { this, root, parameters: Vec::new(), loop_values, outer: Some(self) }
    }

    /// Creates the scope of a partial, which does not see the blocks around the place that includes
    /// it.
    pub fn enter_partial<'n>(&self, this: T) -> Scope<'n, T> {
        let (root, loop_values) = (self.root.clone(), self.loop_values.clone());
        // As in Handlebars, loop variables stay visible, but block parameters and `../` do not.
        Scope { this, root, parameters: Vec::new(), loop_values, outer: None }
    }

    /// Resolves the start of a path. Returns the value there and the names that remain to be
    /// followed.
    pub fn resolve_start<'p>(
        &self,
        path: &'p ValuePath,
    ) -> Result<(T, &'p [String]), PathStartError> {
        match &path.start {
            PathStart::Root => Ok((self.root.clone(), &path.parts)),
            PathStart::This(levels) => Ok((self.outer_scope(*levels)?.this.clone(), &path.parts)),
            PathStart::Loop(variable) => Ok((self.loop_value(*variable)?, &path.parts)),
            PathStart::Name => Ok(self.resolve_name(&path.parts)),
        }
    }

    fn outer_scope(&self, count: usize) -> Result<&Self, PathStartError> {
        let mut scope = self;
        for _ in 0..count {
            scope = scope.outer.ok_or(PathStartError::OutsideOfScope)?;
        }
        Ok(scope)
    }

    fn loop_value(&self, variable: LoopVariable) -> Result<T, PathStartError> {
        let values = self.loop_values.as_ref().ok_or(PathStartError::OutsideOfLoop)?;
        Ok(match variable {
            LoopVariable::Index => values.index.clone(),
            LoopVariable::Key => values.key.clone(),
            LoopVariable::First => values.first.clone(),
            LoopVariable::Last => values.last.clone(),
        })
    }

    fn resolve_name<'p>(&self, parts: &'p [String]) -> (T, &'p [String]) {
        if let [first, rest @ ..] = parts {
            let mut scope = Some(self);
            while let Some(here) = scope {
                if let Some((_, value)) = here.parameters.iter().find(|(name, _)| name == first) {
                    return (value.clone(), rest);
                }
                scope = here.outer;
            }
        }
        (self.this.clone(), parts)
    }
}
