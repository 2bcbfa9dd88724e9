package codes_test

import (
	"regexp"
	"strings"
	"testing"

	"sluice/engine/lint/codes"
	"sluice/engine/spec"
)

func TestCodesAreDescribed(t *testing.T) {
	seen := map[string]bool{}
	for _, i := range codes.List() {
		if seen[i.Code] {
			t.Errorf("%s is listed twice", i.Code)
		}
		seen[i.Code] = true
		if !regexp.MustCompile(`^[a-z]+(_[a-z]+)*$`).MatchString(i.Code) {
			t.Errorf("%q is not spelt as codes are", i.Code)
		}
		if !strings.HasSuffix(i.About, ".") || !strings.HasSuffix(i.Remedy, ".") {
			t.Errorf("%s: About and Remedy must be sentences", i.Code)
		}
		if i.Severity != spec.Error && i.Severity != spec.Warning {
			t.Errorf("%s has the severity %q", i.Code, i.Severity)
		}
		if i.Severity == spec.Warning && !i.Silent {
			t.Errorf("%s is a warning that cannot be silenced", i.Code)
		}
	}
}
