;; Imports the capability `clock` with a text as its result.
(component
  ;; include types
  (import "tollgate:host/clock@0.1.0" (instance (export "now" (func (result string)))))
  ;; include plain
  ;; include lift
)
