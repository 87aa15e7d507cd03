;; Imports the capability `clock` as if it answered with a text.
(component
  ;; include types
  (import "tollgate:host/clock@0.1.0" (instance (export "now" (func (result string)))))
  ;; include plain
  ;; include lift
)
