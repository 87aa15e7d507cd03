//! Root of a contract in Zig. Imports the contract's file, and defines panics and `std.log` for the
//! sandbox.
const std = @import("std");
const tollgate = @import("tollgate");

comptime {
    _ = @import("contract");
}

/// Leaves the message for the host like `tg_panic`. Zig's default handler would print it.
pub const panic = std.debug.FullPanic(struct {
    fn leaveLastWords(message: []const u8, _: ?usize) noreturn {
        const length: c_int = @intCast(message.len);
        tollgate.tg_panic_at("zig", 0, "%.*s", length, message.ptr);
    }
}.leaveLastWords);

/// Makes `std.log` write into the record of the run. A contract that calls it imports `log`.
pub const std_options: std.Options = .{
    .logFn = struct {
        fn log(
            comptime level: std.log.Level,
            comptime _: @EnumLiteral(),
            comptime format: []const u8,
            arguments: anytype,
        ) void {
            // The host cuts longer lines.
            var line: [1024]u8 = undefined;
            const message = std.fmt.bufPrint(&line, format, arguments) catch &line;
            tollgate.tg_log_write(switch (level) {
                .err => tollgate.TG_LOG_ERROR,
                .warn => tollgate.TG_LOG_WARN,
                .info => tollgate.TG_LOG_INFO,
                .debug => tollgate.TG_LOG_DEBUG,
            }, .{ .data = message.ptr, .length = message.len });
        }
    }.log,
};
