package doctor

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
)

// Text writes the findings for people: a line each, its remedy below, and what it comes to.
func Text(w io.Writer, list []Finding, colour bool) error {
	var b strings.Builder
	for _, f := range list {
		fmt.Fprintf(&b, "%s  %-10s %s\n", painted(f.Level, colour), f.Check, f.Says)
		if f.Do != "" {
			fmt.Fprintf(&b, "%17s%s\n", "", f.Do)
		}
	}
	fmt.Fprintf(&b, "\n%s\n", summary(list))
	_, err := io.WriteString(w, b.String())
	return err
}

func painted(l Level, colour bool) string {
	text := fmt.Sprintf("%-4s", l)
	if !colour {
		return text
	}
	return map[Level]string{OK: "\x1b[32m", Skip: "\x1b[2m", Warn: "\x1b[33m", Fail: "\x1b[31m"}[l] + text + "\x1b[0m"
}

func summary(list []Finding) string {
	failures, warnings := count(list, Fail), count(list, Warn)
	switch {
	case failures > 0:
		return fmt.Sprintf("%s, %s: sluice does not run everything here", plural(failures, "failure"), plural(warnings, "warning"))
	case warnings > 0:
		return fmt.Sprintf("no failures, %s: sluice runs here", plural(warnings, "warning"))
	}
	return "all is well"
}

func plural(n int, word string) string {
	if n == 1 {
		return "1 " + word
	}
	return fmt.Sprintf("%d %ss", n, word)
}

// JSON writes the findings for scripts.
func JSON(w io.Writer, list []Finding) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(struct {
		OK       bool      `json:"ok"`
		Failures int       `json:"failures"`
		Warnings int       `json:"warnings"`
		Findings []Finding `json:"findings"`
	}{!Failed(list), count(list, Fail), count(list, Warn), list})
}
