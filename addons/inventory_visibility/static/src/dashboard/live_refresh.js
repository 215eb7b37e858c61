import { onWillUnmount } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { user } from "@web/core/user";
import { useBus, useService } from "@web/core/utils/hooks";

/** Spread over so many seconds, so that not every open dashboard reads at the same moment. */
const SPREAD_SECONDS = 2;

/**
 * Read again after stock changed, without asking for it: the server tells once, then is silent for a
 * while; reading after that while sees what changed meanwhile as well. A hidden tab waits until it
 * is looked at.
 *
 * @param {{ onChanged: Function, refresh: Function }} callbacks
 */
export function useLiveRefresh({ onChanged, refresh }) {
    const busService = useService("bus_service");
    let timer = null;
    let waiting = false;

    const run = () => {
        timer = null;
        if (document.hidden) {
            waiting = true;
            return;
        }
        waiting = false;
        refresh();
    };
    const onNotification = ({ company_ids, quiet_seconds }) => {
        const mine = user.activeCompanies.map((company) => company.id);
        if (company_ids.length && !company_ids.some((id) => mine.includes(id))) {
            return;
        }
        onChanged();
        if (timer === null) {
            const seconds = quiet_seconds + Math.random() * SPREAD_SECONDS;
            timer = browser.setTimeout(run, seconds * 1000);
        }
    };
    const onVisible = () => {
        if (!document.hidden && waiting) {
            run();
        }
    };

    busService.subscribe("inventory_visibility/changed", onNotification);
    // what was told while the connection was down was told to nobody
    useBus(busService, "BUS:RECONNECT", () =>
        onNotification({ company_ids: [], quiet_seconds: 0 })
    );
    document.addEventListener("visibilitychange", onVisible);
    onWillUnmount(() => {
        busService.unsubscribe("inventory_visibility/changed", onNotification);
        document.removeEventListener("visibilitychange", onVisible);
        browser.clearTimeout(timer);
    });
}
