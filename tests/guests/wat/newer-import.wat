;; Imports the capability `clock` of a WIT version that does not exist yet.
(component
  ;; include types
  (import "tollgate:host/clock@9.0.0" (instance (export "now" (func (result u64)))))
  ;; include plain
  ;; include lift
)
