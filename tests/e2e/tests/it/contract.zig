//! Says when a text shouts, and panics where one says `panic`.
const std = @import("std");
const tg = @import("tollgate");

/// What the operator sets.
const Config = struct {
    /// How many exclamation marks a text may have.
    max: usize = 0,
};
var config: Config = .{};

export fn tg_configure(json: *const tg.tg_json) ?*tg.tg_refusal {
    const fields = [_]tg.tg_field{
        .{ .key = "max", .kind = tg.TG_FIELD_COUNT, .variable = &config.max, .required = true },
    };
    return tg.tg_read(json, &fields, fields.len);
}

/// Judges one text.
export fn tg_judge(subject: *const tg.tg_subject, report: *tg.tg_report) ?*tg.tg_refusal {
    var content: tg.tg_text = undefined;
    if (tg.tg_subject_text(subject, &content)) |refusal| return refusal;
    const text = content.data[0..content.length];
    if (std.mem.eql(u8, text, "panic")) config.max -= 1;

    var marks: usize = 0;
    for (text, 0..) |byte, at| {
        if (byte != '!') continue;
        marks += 1;
        if (marks <= config.max) continue;
        const finding = tg.tg_finding_add(report, tg.TG_ERROR, "shouting", "one exclamation mark too many");
        tg.tg_at(finding, at, at + 1);
        tg.tg_fix(finding, tg.tg("."));
    }
    tg.tg_measure(report, "exclamation-marks", @floatFromInt(marks));
    return null;
}
