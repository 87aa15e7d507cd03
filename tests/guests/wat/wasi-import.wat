;; Imports WASI: the environment variables of the host.
(component
  ;; include types
  (import "wasi:cli/environment@0.2.0" (instance
    (export "get-environment" (func (result (list (tuple string string)))))))
  ;; include plain
  ;; include lift
)
