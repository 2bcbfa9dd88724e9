package apps

import (
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"syscall"

	"sluice/engine/fault"
)

// kept is the form of the file.
type kept struct {
	Apps []App `json:"apps"`
}

// Put adds an application to the file, or changes the one with its key there. Without a file it is fault.InvalidRequest, and a wrong one
// fault.InvalidParams, as is a file with something in it that cannot be used: it stays as it is.
func (s *Apps) Put(a App) error {
	if err := a.Check(); err != nil {
		return err
	}
	return s.change(func(list []App) ([]App, error) {
		if i := slices.IndexFunc(list, func(x App) bool { return x.Key == a.Key }); i >= 0 {
			list[i] = a
			return list, nil
		}
		if len(list) == most {
			return nil, fault.New(fault.Overloaded, "apps.file", "%d applications are too many", most)
		}
		return append(list, a), nil
	})
}

// Remove removes an application from the file. One that is not there is fault.ResourceNotFound, and the file is as for Put.
func (s *Apps) Remove(key string) error {
	return s.change(func(list []App) ([]App, error) {
		without := slices.DeleteFunc(list, func(x App) bool { return x.Key == key })
		if len(without) == len(list) {
			return nil, fault.New(fault.ResourceNotFound, "apps.file", "there is no application %q in it", key).
				Advise("those of the configuration are removed there")
		}
		return without, nil
	})
}

// change changes the file, which others may do at the same time.
func (s *Apps) change(how func([]App) ([]App, error)) error {
	if s.opt.File == "" {
		return fault.New(fault.InvalidRequest, "apps.file", "there is no file to keep applications in").Advise("set apps.file")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	unlock, err := alone(s.opt.File)
	if err != nil {
		return unread("apps.file", s.opt.File, err)
	}
	defer unlock()
	var list []App
	text, err := readBounded(s.opt.File)
	if err == nil {
		list, err = readWhole(s.opt.File, text)
	}
	if err != nil && !os.IsNotExist(err) {
		return unread("apps.file", s.opt.File, err)
	}
	if list, err = how(list); err != nil {
		return err
	}
	if err := write(s.opt.File, list); err != nil {
		return fault.New(fault.Internal, "apps.file", "the applications cannot be written").Because(err)
	}
	s.refresh()
	return nil
}

// alone waits until nobody else changes a file. The lock is a file beside it, because a file that is replaced cannot be one.
func alone(file string) (unlock func(), err error) {
	const private = 0o600
	f, err := os.OpenFile(file+".lock", os.O_CREATE|os.O_RDWR, private)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return func() { _ = f.Close() }, nil // which gives the lock back; nothing was written
}

// write replaces a file as a whole: whoever reads it has the old one or the new one, also after the power failed.
func write(file string, list []App) error {
	text, err := json.MarshalIndent(kept{Apps: list}, "", "  ")
	if err != nil {
		return err
	}
	draft, err := os.CreateTemp(filepath.Dir(file), filepath.Base(file)+".*") // mode 0600: there are passwords in it
	if err != nil {
		return err
	}
	_, err = draft.Write(append(text, '\n'))
	err = errors.Join(err, draft.Sync(), draft.Close())
	if err == nil {
		err = os.Rename(draft.Name(), file)
	}
	if err != nil {
		return errors.Join(err, os.Remove(draft.Name()))
	}
	return nil
}

// readFile reads the file's form. left are keys of applications that are wrong, which somebody wrote by hand.
func readFile(file string, text []byte) (list []App, left []string, err error) {
	var k kept
	if err := json.Unmarshal(text, &k); err != nil {
		return nil, nil, fault.New(fault.InvalidParams, file, "this is no file with applications").Because(err)
	}
	for _, a := range k.Apps {
		if a.Check() != nil || len(list) == most {
			left = append(left, a.Key)
			continue
		}
		list = append(list, a)
	}
	return list, left, nil
}

// readWhole is readFile for who writes the file anew: he would lose what he cannot read.
func readWhole(file string, text []byte) ([]App, error) {
	list, left, err := readFile(file, text)
	if err == nil && len(left) > 0 {
		err = fault.New(fault.InvalidParams, file, "the application %.80q there cannot be used, and would be lost", left[0]).
			Advise("mend or remove it by hand first")
	}
	return list, err
}

// readBounded reads a file that is no larger than one with applications is.
func readBounded(file string) ([]byte, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	const most = 16 << 20
	text, err := io.ReadAll(io.LimitReader(f, most+1))
	if err == nil && len(text) > most {
		err = fault.New(fault.InvalidParams, file, "the file is too large")
	}
	return text, err
}
