package value

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"
)

func TestHiddenNeverShows(t *testing.T) {
	const secret = "hunter2"
	h := Hidden(secret)
	shown := map[string]string{
		"String": h.String(), "LogValue": h.LogValue().String(), "Text": Text(h),
		"Text in a list": Text([]any{h}), "Text in a map": Text(map[string]any{"k": h}),
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%10s", "%T%v"} {
		shown[verb] = fmt.Sprintf(verb, h)
		shown[verb+" in a list"] = fmt.Sprintf(verb, []any{h})
		shown[verb+" in a struct"] = fmt.Sprintf(verb, struct{ Login Hidden }{h})
		shown[verb+" by pointer"] = fmt.Sprintf(verb, &h)
	}
	data, err := json.Marshal(map[string]any{"login": h, "list": []Hidden{h}})
	if err != nil {
		t.Fatal(err)
	}
	shown["JSON"] = string(data)
	plain, err := json.Marshal(JSON([]any{h}))
	if err != nil {
		t.Fatal(err)
	}
	shown["JSON()"] = string(plain)
	var log bytes.Buffer
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "login", h, "group", slog.GroupValue(slog.Any("in", h)), "any", []any{h})
	slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "login", h, "any", []any{h})
	shown["slog"] = log.String()

	for how, text := range shown {
		if strings.Contains(text, secret) || strings.Contains(text, fmt.Sprintf("%x", secret)) {
			t.Errorf("%s shows the secret: %s", how, text)
		}
	}
	for _, how := range []string{"String", "LogValue", "Text", "%v", "%s", "%#v", "%x", "JSON", "slog"} {
		if !strings.Contains(shown[how], "***") {
			t.Errorf("%s has no stars: %s", how, shown[how])
		}
	}
	if h.Reveal() != secret {
		t.Errorf("Reveal gives %q", h.Reveal())
	}
}

// TestErrorsKeepSecrets: whatever is wrong with a secret, the message does not repeat it.
func TestErrorsKeepSecrets(t *testing.T) {
	const secret = "hunter2"
	type try struct {
		c Constraint
		v any
	}
	item := &Constraint{Type: Secret, Pattern: "[A-Z]+"}
	for _, row := range []try{
		{Constraint{Type: Secret, Pattern: "[A-Z]+"}, secret},
		{Constraint{Type: Secret, Pattern: "[A-Z]+"}, Hidden(secret)},
		{Constraint{Type: Secret}, secret + "\x00"},
		{Constraint{Type: Secret}, secret + "\xff"},
		{Constraint{Type: Secret}, strings.Repeat(secret, MaxText)},
		{Constraint{Type: List, Item: item}, secret},
		{Constraint{Type: List, Item: item}, "a,," + secret},
		{Constraint{Type: List, Item: item}, `["` + secret},
		{Constraint{Type: List, Item: item}, []any{secret}},
		{Constraint{Type: List, Item: item}, []any{Hidden(secret)}},
		{Constraint{Type: Int}, Hidden(secret)},
		{Constraint{Type: Map}, Hidden(secret)},
		{Constraint{Type: URI}, Hidden(secret)},
		{Constraint{Type: Codec}, Hidden("H" + secret)},
		{Constraint{Type: Enum, Of: []string{"a"}}, Hidden(secret)},
		{Constraint{Type: URI}, "rtsp//u:" + secret + "@h"},
		{Constraint{Type: URI}, "rtsp://u:" + secret + "@h/ "},
		{Constraint{Type: URI}, "rtsp://u:" + secret + "@h/%zz@x"},
		{Constraint{Type: URI}, "rtsp://u:a@" + secret + "@h/%zz"},
		{Constraint{Type: URI, Pattern: "http:.*"}, "rtsp://u:" + secret + "@h/"},
	} {
		_, err := row.c.Accept(row.v)
		if err == nil {
			t.Errorf("%s took %.40v", row.c.Type, row.v)
		} else if strings.Contains(err.Error(), secret) {
			t.Errorf("%s: %v", row.c.Type, err)
		}
	}
}
