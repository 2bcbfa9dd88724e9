package caps

import (
	"errors"
	"strings"
	"testing"

	"sluice/engine/fault"
)

func TestParseErrors(t *testing.T) {
	tests := []struct {
		text   string
		offset int
		want   string
	}{
		{"", 0, "a media type is missing before the end"},
		{"video/x-raw;;b", 12, `a media type is missing before ";"`},
		{"5/x", 0, `media type "5/x" does not begin with a letter`},
		{"video/x-raw,widht", 17, `field "widht" has no value`},
		{"video/x-raw,width=", 18, "a value is missing before the end"},
		{"video/x-raw,format='x'", 19, "put quotes round"},
		{"video/x-raw,,width=1", 12, `a field is missing before ","`},
		{"video/x-raw,width=1 height=2", 20, `"h" where a comma or semicolon belongs`},
		{"video/x-raw,width=1,width=2", 20, `field "width" is given twice`},
		{"video/x-raw,width=(int)abc", 23, `"abc" is not a whole number`},
		{"video/x-raw,width=(itn)5", 19, `unknown type "itn"`},
		{"video/x-raw,width=(int5", 23, "the bracket of a type is not closed"},
		{"video/x-raw,width=4294967295", 18, "does not fit in int, which goes from -2147483648 to 2147483647"},
		{"video/x-raw,width=[5,1]", 18, "the first end of a range must be below the second"},
		{"video/x-raw,width=[1,5,2]", 18, "multiples of its step"},
		{"video/x-raw,width=[2,6,-2]", 18, "the step of a range must be a positive number"},
		{"video/x-raw,width=[1,2.5]", 18, "different types, int and double"},
		{"video/x-raw,width=(uint)[1,5]", 24, "only int, gint64, double and fraction have ranges"},
		{"video/x-raw,width=(double)[1,5,1]", 26, "only whole numbers a step"},
		{"video/x-raw,width=[1,5", 22, "the end where the range should go on"},
		{"video/x-raw,width={1,,2}", 21, "a value is missing between two commas"},
		{"video/x-raw,width={1,2", 18, `the bracket "{" is not closed`},
		{"video/x-raw,width={1 2}", 21, `"2" where a comma or "}" belongs`},
		{`video/x-raw,format="I420`, 19, "the quotes are not closed"},
		{`video/x-raw,format="I420\`, 19, "the quotes are not closed"},
		{"video/x-raw(memory:DMABuf,width=1", 11, "the bracket of the caps features is not closed"},
		{"video/x-raw(DMABuf)", 12, `"DMABuf" is not a caps feature`},
		{"a,b=(double)nan", 12, `"nan" is not a double`},
		{"a,b=(structure)\"c(memory:X)\"", 15, "a structure is one name with fields"},
		{"a,b=(GstCaps)\"c,\\=\"", 13, "a field is missing"},
		{"a,b=(string)\"\\000\"", 12, "is not a string"},
		{"a,b=x\x00", 5, "binary data"},
		{"a,b=\xff", 4, "binary data"},
	}
	for _, tt := range tests {
		c, err := Parse(tt.text)
		var syntax *SyntaxError
		if !errors.As(err, &syntax) {
			t.Errorf("%q: read as %s, error %v", tt.text, c, err)
			continue
		}
		if syntax.Offset != tt.offset || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%q: got byte %d, %q; want byte %d, %q", tt.text, syntax.Offset, err, tt.offset, tt.want)
		}
		if !errors.Is(err, fault.InvalidParams) {
			t.Errorf("%q: code is %q", tt.text, fault.CodeOf(err))
		}
	}
}

func TestParseLimits(t *testing.T) {
	deep := func(n int) string { return "a,b=" + strings.Repeat("{", n) + "1" + strings.Repeat("}", n) }
	tests := map[string]struct{ inside, outside string }{
		"text":       {"a" + strings.Repeat(" ", MaxText-1), "a" + strings.Repeat(" ", MaxText)},
		"structures": {strings.Repeat("a;", maxStructures), strings.Repeat("a;", maxStructures+1)},
		"nested":     {"", "a,b={" + strings.Repeat("(structure)[c],", maxStructures) + "}"},
		"fields":     {"a" + fieldsNamed(maxFields), "a" + fieldsNamed(maxFields+1)},
		"items":      {"a,b={" + strings.Repeat("1,", maxItems) + "}", "a,b={" + strings.Repeat("1,", maxItems+1) + "}"},
		"depth":      {deep(maxDepth - 1), deep(maxDepth)},
		"brackets":   {"", "a,b=" + strings.Repeat("[", 60000)},
		"features": {"a(" + strings.Repeat("m:a,", maxFields-1) + "m:a)",
			"a(" + strings.Repeat("m:a,", maxFields) + "m:a)"},
	}
	for name, tt := range tests {
		if _, err := Parse(tt.inside); tt.inside != "" && err != nil {
			t.Errorf("%s: at the limit: %v", name, err)
		}
		if _, err := Parse(tt.outside); err == nil {
			t.Errorf("%s: no error beyond the limit", name)
		}
	}
}

// fieldsNamed writes n fields of different names.
func fieldsNamed(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(",f" + strings.Repeat("x", i/26) + string(rune('a'+i%26)) + "=1")
	}
	return b.String()
}

// The texts that take most work for their length must not take long.
func TestWorstCasesEnd(t *testing.T) {
	var pairs [2]Caps
	for i, f := range []string{"b", "c"} {
		var s strings.Builder
		for n := range maxStructures {
			s.WriteString("a," + f + "=" + integer{"int", int64(n)}.text() + ";")
		}
		pairs[i] = parse(t, s.String())
	}
	if got := len(Intersect(pairs[0], pairs[1]).list); got != maxStructures {
		t.Errorf("%d structures, want %d", got, maxStructures)
	}
	if Intersects(parse(t, "a,b={"+strings.Repeat("1,2,", maxItems/2)+"}"), parse(t, "a,b={3,4}")) {
		t.Error("they should not meet")
	}
}
