;; Has a memory whose pages are a byte each.
(component
  ;; include types
  (core module $fine (memory 1 (pagesize 1)))
  (core instance (instantiate $fine))
  ;; include plain
  ;; include lift
)
