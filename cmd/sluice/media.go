package main

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"sluice/cmd/sluice/able"
	"sluice/cmd/sluice/config"
	"sluice/elements/codec/choice"
)

// mediaFlags say which elements may be used, for all verbs: those of the configuration's section "media". Verbs that read no
// configuration go by the flags, and by the variables that override it.
type mediaFlags struct {
	licence, hardware string
	encoders, never   []string
	flags             interface{ Changed(name string) bool }
}

func (m *mediaFlags) add(c *cobra.Command) {
	m.flags = c.PersistentFlags()
	c.PersistentFlags().StringVar(&m.licence, "licence", cmp.Or(os.Getenv("SLUICE_MEDIA_LICENCE"), config.LicenceAny),
		"which elements may be used: any, or lgpl for nothing under the GPL (also SLUICE_MEDIA_LICENCE)")
	c.PersistentFlags().StringVar(&m.hardware, "hardware", cmp.Or(os.Getenv("SLUICE_MEDIA_HARDWARE"), config.HardwareAuto),
		"encoders on devices: auto uses those that work, off uses none (also SLUICE_MEDIA_HARDWARE)")
	m.encoders, m.never = listed("SLUICE_MEDIA_ENCODERS"), listed("SLUICE_MEDIA_NEVER")
}

// listed are the words of a variable, between commas.
func listed(variable string) []string {
	return strings.FieldsFunc(os.Getenv(variable), func(r rune) bool { return r == ',' || r == ' ' })
}

// adopt takes over what the configuration says, over which flags go.
func (m *mediaFlags) adopt(c *config.MediaConfig) {
	if !m.flags.Changed("licence") {
		m.licence = c.Licence
	}
	if !m.flags.Changed("hardware") {
		m.hardware = c.Hardware
	}
	m.encoders, m.never = c.Encoders, c.Never
}

func (m *mediaFlags) settings() (choice.Settings, error) {
	licence, hardware := cmp.Or(m.licence, config.LicenceAny), cmp.Or(m.hardware, config.HardwareAuto)
	if !slices.Contains(config.Licences(), licence) {
		return choice.Settings{}, usageError{fmt.Errorf("--licence is one of %s, not %q", strings.Join(config.Licences(), ", "), licence)}
	}
	if !slices.Contains(config.Hardwares(), hardware) {
		return choice.Settings{}, usageError{fmt.Errorf("--hardware is one of %s, not %q", strings.Join(config.Hardwares(), ", "), hardware)}
	}
	return choice.Settings{
		Prefer: m.encoders, Never: m.never, Devices: hardware == config.HardwareAuto, Free: licence == config.LicenceLGPL,
	}, nil
}

// trialsTake is how long all trials may take altogether.
const trialsTake = 10 * time.Second

// tryEncoders finds out which encoders on devices work, before the registry is made that goes by it. Where there are none, which
// GStreamer knows, it does nothing. It never takes longer than ten seconds, worker processes that do not end included.
func (a *app) tryEncoders(ctx context.Context, log *slog.Logger) error {
	if a.known != nil || a.trials != nil || a.registry == "snapshot" || a.workers == nil {
		return nil
	}
	set, err := a.media.settings()
	if err != nil {
		return err
	}
	cat, err := a.catalog()
	if err != nil {
		return err
	}
	names := choice.Candidates(cat, set)
	if len(names) == 0 {
		return nil
	}
	log.Info("trying the encoders of devices", "encoders", strings.Join(names, " "))
	ctx, done := context.WithTimeout(ctx, trialsTake)
	defer done()
	open, stop, err := a.workers(ctx, slog.New(slog.DiscardHandler))
	if err != nil {
		return nil // whoever plays needs workers, too, and says what is wrong
	}
	defer stop()
	a.trials = able.Trials{Open: open, Catalog: cat}.All(ctx, names)
	for _, name := range names {
		if err := a.trials[name]; err != nil {
			log.Warn("encoder of a device not used", "encoder", name, "err", err)
		}
	}
	return nil
}
