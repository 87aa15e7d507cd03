;; Imports a capability that no host has.
(component
  ;; include types
  (import "tollgate:host/network@0.1.0" (instance
    (export "send" (func (param "bytes" (list u8))))))
  ;; include plain
  ;; include lift
)
