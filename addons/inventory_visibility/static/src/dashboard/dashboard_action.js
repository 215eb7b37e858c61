import { Component } from "@odoo/owl";
import { router } from "@web/core/browser/router";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { WithSearch } from "@web/search/with_search/with_search";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { parseAddress, parseSearch } from "./address";
import { Dashboard } from "./dashboard";
import { DashboardSearchModel } from "./dashboard_search_model";

/** The client action: reads the address, and gives the dashboard its search. */
export class DashboardAction extends Component {
    static template = "inventory_visibility.DashboardAction";
    static components = { Dashboard, WithSearch };
    static props = { ...standardActionServiceProps };
    static displayName = _t("Inventory Dashboard");

    setup() {
        // coming back from another screen, the address is still that screen's
        const address = this.props.state ? {} : router.current;
        this.initial = this.props.state || parseAddress(address);
        this.withSearchProps = {
            resModel: "stock.availability",
            searchViewId: this.props.action.params?.search_view_id || false,
            searchMenuTypes: ["filter", "favorite"],
            loadIrFilters: true,
            context: this.props.action.context,
            globalState: this.props.globalState,
            SearchModel: DashboardSearchModel,
            searchModelArgs: { query: parseSearch(address.search) },
        };
        if (!this.withSearchProps.globalState) {
            delete this.withSearchProps.globalState;
        }
    }
}

registry.category("actions").add("inventory_visibility.dashboard", DashboardAction);
