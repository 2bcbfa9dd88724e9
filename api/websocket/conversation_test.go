package websocket

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"sluice/api/websocket/calls/callstest"
	"sluice/engine/fault"
)

// TestConversations plays what pages and the server say to each other, as written down in testdata (see its README).
func TestConversations(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			t.Parallel()
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			talk(t, string(text))
		})
	}
}

// script is one conversation under way.
type script struct {
	*kit
	clients map[string]*client
	words   map[string]any // what was captured
}

func talk(t *testing.T, text string) {
	s := &script{clients: map[string]*client{}, words: map[string]any{}}
	var opt Options
	var phones *callstest.Lines
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		if rest, ok := strings.CutPrefix(line, "options "); ok {
			if err := json.Unmarshal([]byte(rest), &opt); err != nil {
				t.Fatalf("line %d: %v", i+1, err)
			}
		}
		if line == "phones" {
			phones = callstest.NewLines()
		}
	}
	s.kit = newKitOf(t, opt, phones)
	for i, line := range lines {
		if line == "" || line[0] == '#' || strings.HasPrefix(line, "options ") || line == "phones" {
			continue
		}
		if err := s.line(line); err != nil {
			t.Fatalf("line %d: %s\n%v", i+1, line, err)
		}
	}
	for name, c := range s.clients {
		if rest := c.rest(); rest != "" {
			t.Errorf("%s also heard %s", name, rest)
		}
	}
}

// rest is a message that came unexpectedly. The answer to a question that is asked last shows that there was none before it.
func (c *client) rest() string {
	if c.conn.WriteMessage(websocket.TextMessage, []byte(`{"message":"availableStream","data":[{"mediaSessionId":"the end","name":"?"}]}`)) != nil {
		return ""
	}
	c.conn.SetReadDeadline(time.Now().Add(20 * time.Second))
	_, b, err := c.conn.ReadMessage()
	if err != nil || strings.Contains(string(b), "the end") || strings.Contains(string(b), "Session not ready") {
		return ""
	}
	return string(b)
}

func (s *script) line(line string) error {
	head, rest, _ := strings.Cut(line, " ")
	switch {
	case head == "!":
		return s.happen(strings.Fields(rest))
	case strings.HasSuffix(head, ">"):
		return s.say(strings.TrimSuffix(head, ">"), rest)
	case strings.HasSuffix(head, "<"):
		return s.hear(strings.TrimSuffix(head, "<"), rest)
	}
	return fmt.Errorf("a line begins with \"!\", \"name>\" or \"name<\"")
}

func (s *script) client(name string) *client {
	if s.clients[name] == nil {
		s.clients[name] = s.dial("/" + name)
	}
	return s.clients[name]
}

func (s *script) say(name, text string) error {
	c := s.client(name)
	switch text {
	case "close":
		return c.conn.WriteMessage(websocket.CloseMessage, nil)
	case "lost":
		delete(s.clients, name)
		return c.conn.NetConn().Close()
	}
	for word, v := range s.words {
		text = strings.ReplaceAll(text, word, fmt.Sprint(v))
	}
	return c.conn.WriteMessage(websocket.TextMessage, []byte(text))
}

func (s *script) hear(name, text string) error {
	c := s.client(name)
	c.conn.SetReadDeadline(time.Now().Add(20 * time.Second))
	_, got, err := c.conn.ReadMessage()
	var code int
	if n, _ := fmt.Sscanf(text, "close %d", &code); n == 1 {
		delete(s.clients, name)
		if !websocket.IsCloseError(err, code) {
			return fmt.Errorf("got %s, %v", got, err)
		}
		return nil
	}
	if err != nil {
		return err
	}
	var is, want any
	if err := json.Unmarshal(got, &is); err != nil {
		return err
	}
	if err := json.Unmarshal([]byte(text), &want); err != nil {
		return err
	}
	if err := s.match("", is, want); err != nil {
		return fmt.Errorf("got %s\n%w", got, err)
	}
	return nil
}

// match compares what was heard with what is written.
func (s *script) match(at string, is, want any) error {
	switch w := want.(type) {
	case map[string]any:
		return s.matchObject(at, is, w)
	case []any:
		list, ok := is.([]any)
		if !ok || len(list) != len(w) {
			return fmt.Errorf("%s: %v is not %v", at, is, want)
		}
		for i := range w {
			if err := s.match(fmt.Sprintf("%s[%d]", at, i), list[i], w[i]); err != nil {
				return err
			}
		}
		return nil
	case string:
		if w == "*" {
			return nil
		}
		if strings.HasPrefix(w, "$") {
			if before, ok := s.words[w]; ok {
				want = before
			} else {
				s.words[w], want = is, is
			}
		}
	}
	if !reflect.DeepEqual(is, want) {
		return fmt.Errorf("%s: %v is not %v", at, is, want)
	}
	return nil
}

func (s *script) matchObject(at string, is any, want map[string]any) error {
	object, ok := is.(map[string]any)
	if !ok {
		return fmt.Errorf("%s: %v is not an object", at, is)
	}
	_, more := want["..."]
	for name, v := range want {
		if name == "..." {
			continue
		}
		got, ok := object[name]
		if !ok {
			return fmt.Errorf("%s.%s is missing", at, name)
		}
		if err := s.match(at+"."+name, got, v); err != nil {
			return err
		}
	}
	for name := range object {
		if _, ok := want[name]; !ok && !more {
			return fmt.Errorf("%s.%s is not expected", at, name)
		}
	}
	return nil
}

// happen does what happens elsewhere.
func (s *script) happen(words []string) error {
	switch {
	case len(words) == 2 && words[0] == "flows":
		s.peer(words[1]).Flow()
	case len(words) == 2 && words[0] == "ends":
		s.peer(words[1]).Stop(nil)
	case len(words) == 3 && words[0] == "fails":
		s.peer(words[1]).Stop(fault.New(fault.Code(words[2]), "", "it just does"))
	case len(words) == 3 && words[0] == "size":
		var w, h int
		if _, err := fmt.Sscanf(words[2], "%dx%d", &w, &h); err != nil {
			return err
		}
		return s.picture(words[1], w, h)
	case len(words) == 3 && words[0] == "refuse":
		s.engine.Refuse(words[1], fault.New(fault.Code(words[2]), "", "it just does"))
	case len(words) == 3 && words[0] == "await":
		s.happens(words[1], words[2])
	case s.lines != nil && len(words) > 2:
		return s.ring(words)
	default:
		return fmt.Errorf("nobody knows how to do that")
	}
	return nil
}
