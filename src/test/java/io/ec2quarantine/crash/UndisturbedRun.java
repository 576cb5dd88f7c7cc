package io.ec2quarantine.crash;

import java.util.List;

/** What an operator's life without a crash consists of and leaves behind: the measure for all the others. */
record UndisturbedRun(Journal journal, FinalState state) {
    /** Every moment at which an operator may die. */
    List<KillPoint> killPoints() {
        return KillPoint.around(journal.writes());
    }
}
