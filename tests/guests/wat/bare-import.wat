;; Imports a function that belongs to no interface.
(component
  ;; include types
  (import "secrets" (func (result string)))
  ;; include plain
  ;; include lift
)
