package wire

import (
	"encoding/json"
	"testing"
)

// TestDataEvent holds that it is what Encode makes, but for bytes that are not UTF-8, which browsers take for the end.
func TestDataEvent(t *testing.T) {
	for _, payload := range []string{`null`, `{"a":[1,"é"]}`, `"<&>"`} {
		for _, id := range []string{"a", `q"\`} {
			got := NewDataEvent(json.RawMessage(payload)).To(id)
			want, err := Encode("notifyStreamEvent", StreamEvent{MediaSessionID: id, Type: EventData, Payload: json.RawMessage(payload)})
			if err != nil || string(got) != string(want) {
				t.Errorf("got %s\nwant %s, %v", got, want, err)
			}
		}
	}
	want := `{"message":"notifyStreamEvent","data":[{"mediaSessionId":"a","type":"data","payload":"x�y"}]}`
	if got := NewDataEvent(json.RawMessage("\"x\xffy\"")).To("a"); string(got) != want || !json.Valid(got) {
		t.Errorf("got %q", got)
	}
}
