;; Has a memory that several threads could share. Threads are not deterministic.
(component
  ;; include types
  (core module $threaded (memory 1 1 shared))
  (core instance (instantiate $threaded))
  ;; include plain
  ;; include lift
)
