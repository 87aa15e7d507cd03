;; Imports a function that the capability `clock` does not have.
(component
  ;; include types
  (import "tollgate:host/clock@0.1.0" (instance
    (export "sleep" (func (param "milliseconds" u64)))))
  ;; include plain
  ;; include lift
)
