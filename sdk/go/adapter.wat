;; Replaces the operating system for Go's runtime: a preview-1 adapter that imports nothing. The
;; clock counts its calls, random numbers are always the same, there are no files, arguments or
;; environment variables, sleeping returns at once, and exiting traps.
;;
;; Output to standard error (mostly a panic and its traceback) is left at address 4096 as last
;; words: four bytes of length, followed by the text. Go does not use 4096 to 12287, where other
;; systems put arguments. `tollgate build` exports the address.
(module
  (import "env" "memory" (memory 0))

  (global $moment (mut i64) (i64.const 0))
  (global $seed (mut i64) (i64.const 0))

  ;; Appends to the last words, up to the 4096 bytes that the host reads.
  (func $keep (param $from i32) (param $length i32)
    (local $kept i32)
    (local.set $kept (i32.load (i32.const 4096)))
    (if (i32.gt_u (local.get $length) (i32.sub (i32.const 4092) (local.get $kept)))
      (then (local.set $length (i32.sub (i32.const 4092) (local.get $kept)))))
    (memory.copy
      (i32.add (i32.const 4100) (local.get $kept)) (local.get $from) (local.get $length))
    (i32.store (i32.const 4096) (i32.add (local.get $kept) (local.get $length))))

  (func (export "fd_write")
    (param $file i32) (param $parts i32) (param $count i32) (param $written i32) (result i32)
    (local $total i32)
    (loop $next
      (if (local.get $count) (then
        (if (i32.eq (local.get $file) (i32.const 2)) (then
          (call $keep (i32.load (local.get $parts)) (i32.load offset=4 (local.get $parts)))))
        (local.set $total (i32.add (local.get $total) (i32.load offset=4 (local.get $parts))))
        (local.set $parts (i32.add (local.get $parts) (i32.const 8)))
        (local.set $count (i32.sub (local.get $count) (i32.const 1)))
        (br $next))))
    (i32.store (local.get $written) (local.get $total))
    (i32.const 0))

  (func (export "clock_time_get") (param i32 i64) (param $to i32) (result i32)
    (global.set $moment (i64.add (global.get $moment) (i64.const 1000)))
    (i64.store (local.get $to) (global.get $moment))
    (i32.const 0))
  (func (export "clock_res_get") (param i32) (param $to i32) (result i32)
    (i64.store (local.get $to) (i64.const 1000))
    (i32.const 0))

  ;; Writes one byte per step of a linear congruential generator. Go seeds hash maps with it.
  (func (export "random_get") (param $to i32) (param $length i32) (result i32)
    (loop $next
      (if (local.get $length) (then
        (global.set $seed (i64.add
          (i64.mul (global.get $seed) (i64.const 6364136223846793005))
          (i64.const 1442695040888963407)))
        (i64.store8 (local.get $to) (i64.shr_u (global.get $seed) (i64.const 56)))
        (local.set $to (i32.add (local.get $to) (i32.const 1)))
        (local.set $length (i32.sub (local.get $length) (i32.const 1)))
        (br $next))))
    (i32.const 0))

  ;; Reports zero items and zero bytes.
  (func $none (param $count i32) (param $bytes i32) (result i32)
    (i32.store (local.get $count) (i32.const 0))
    (i32.store (local.get $bytes) (i32.const 0))
    (i32.const 0))
  (export "args_sizes_get" (func $none))
  (export "environ_sizes_get" (func $none))

  (func (export "proc_exit") (param i32) unreachable)

  ;; Returns from a sleep at once, and advances the clock past it. A panicking program sleeps
  ;; before it prints the reason. Go waits for a single clock event, which is the first one.
  (func (export "poll_oneoff")
    (param $ask i32) (param $event i32) (param $count i32) (param $happened i32) (result i32)
    (global.set $moment
      (i64.add (global.get $moment) (i64.load offset=24 (local.get $ask))))
    (i64.store (local.get $event) (i64.load (local.get $ask)))
    (i64.store offset=8 (local.get $event) (i64.const 0))
    (i32.store (local.get $happened) (i32.const 1))
    (i32.const 0))

  (func (export "sched_yield") (result i32) (i32.const 0))
  (func (export "args_get") (param i32 i32) (result i32) (i32.const 0))
  (func (export "environ_get") (param i32 i32) (result i32) (i32.const 0))

  ;; The other functions are about files, of which there are none: every path fails with 44
  ;; (ENOENT), and every file descriptor with 8 (EBADF).
  (func $nowhere3 (param i32 i32 i32) (result i32) (i32.const 44))
  (func $nowhere5 (param i32 i32 i32 i32 i32) (result i32) (i32.const 44))
  (func $nowhere6 (param i32 i32 i32 i32 i32 i32) (result i32) (i32.const 44))
  (func $nowhere7 (param i32 i32 i32 i32 i32 i32 i32) (result i32) (i32.const 44))
  (export "path_create_directory" (func $nowhere3))
  (export "path_remove_directory" (func $nowhere3))
  (export "path_unlink_file" (func $nowhere3))
  (export "path_filestat_get" (func $nowhere5))
  (export "path_symlink" (func $nowhere5))
  (export "path_readlink" (func $nowhere6))
  (export "path_rename" (func $nowhere6))
  (export "path_link" (func $nowhere7))
  (func (export "path_filestat_set_times")
    (param i32 i32 i32 i32 i64 i64 i32) (result i32) (i32.const 44))
  (func (export "path_open")
    (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32) (i32.const 44))

  (func $no1 (param i32) (result i32) (i32.const 8))
  (func $no2 (param i32 i32) (result i32) (i32.const 8))
  (func $no3 (param i32 i32 i32) (result i32) (i32.const 8))
  (func $no4 (param i32 i32 i32 i32) (result i32) (i32.const 8))
  (func $no5 (param i32 i32 i32 i32 i32) (result i32) (i32.const 8))
  (func $no6 (param i32 i32 i32 i32 i32 i32) (result i32) (i32.const 8))
  (export "fd_close" (func $no1))
  (export "fd_sync" (func $no1))
  (export "fd_datasync" (func $no1))
  (export "fd_fdstat_get" (func $no2))
  (export "fd_fdstat_set_flags" (func $no2))
  (export "fd_filestat_get" (func $no2))
  (export "fd_prestat_get" (func $no2))
  (export "fd_renumber" (func $no2))
  (export "sock_shutdown" (func $no2))
  (export "fd_prestat_dir_name" (func $no3))
  (export "sock_accept" (func $no3))
  (export "fd_read" (func $no4))
  (export "sock_send" (func $no5))
  (export "sock_recv" (func $no6))
  (func (export "fd_readdir") (param i32 i32 i32 i64 i32) (result i32) (i32.const 8))
  (func (export "fd_seek") (param i32 i64 i32 i32) (result i32) (i32.const 8))
  (func (export "fd_pread") (param i32 i32 i32 i64 i32) (result i32) (i32.const 8))
  (func (export "fd_pwrite") (param i32 i32 i32 i64 i32) (result i32) (i32.const 8))
  (func (export "fd_filestat_set_size") (param i32 i64) (result i32) (i32.const 8))
  (func (export "fd_filestat_set_times") (param i32 i64 i64 i32) (result i32) (i32.const 8)))
