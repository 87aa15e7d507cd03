//! The root of a contract in Zig: the contract's own file, and what a panic and `std.log` do
//! in a sandbox.
const std = @import("std");
const tollgate = @import("tollgate");

comptime {
    _ = @import("contract");
}

/// Leaves its words for the host, as `tg_panic` does. Zig's own would print them.
pub const panic = std.debug.FullPanic(struct {
    fn leaveLastWords(message: []const u8, _: ?usize) noreturn {
        const length: c_int = @intCast(message.len);
        tollgate.tg_panic_at("zig", 0, "%.*s", length, message.ptr);
    }
}.leaveLastWords);

/// `std.log` writes into the run's record: a contract that calls it imports `log`.
pub const std_options: std.Options = .{
    .logFn = struct {
        fn log(
            comptime level: std.log.Level,
            comptime _: @EnumLiteral(),
            comptime format: []const u8,
            arguments: anytype,
        ) void {
            // As long as a line that the host keeps.
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
