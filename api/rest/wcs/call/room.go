package call

import "sluice/engine/fault"

// Room tells whether a caller may start another pipeline where so many run; most is how many may, 0 is no limit. If not, it is
// fault.Overloaded.
func Room(run, most int) error {
	if most <= 0 || run < most {
		return nil
	}
	return fault.New(fault.Overloaded, "", "%d pipelines run, and no more than %d may for another to be started", run, most).
		Advise(`the configuration's key "rest.pipelines" sets the limit`)
}
